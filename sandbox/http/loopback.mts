import type { IncomingMessage } from 'node:http';

const ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Whether this machine sent the request. */
export function isFromThisMachine(request: IncomingMessage): boolean {
	return ADDRESS.test(request.socket.remoteAddress ?? '');
}

/**
 * Whether the request names this machine as its host. A page of another site that has its own name
 * lead here (DNS rebinding) comes from this machine's browser, but with that name.
 */
export function isForThisMachine(request: IncomingMessage): boolean {
	return HOST.test(request.headers.host ?? '');
}
