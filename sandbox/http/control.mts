import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestLog } from '../protocol/requestLog.mts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * The sandbox's own two paths, no part of CAKE: GET /sandbox/counters and POST /sandbox/reset, for
 * another process that wants to know what was counted. No key is asked for, hence loopback only.
 * True when the request was one of these; they are not counted themselves.
 */
export function control(
	request: IncomingMessage,
	response: ServerResponse,
	requestLog: RequestLog,
): boolean {
	const route = `${request.method} ${request.url}`;
	if (route !== 'GET /sandbox/counters' && route !== 'POST /sandbox/reset') return false;
	if (!LOOPBACK.test(request.socket.remoteAddress ?? '')) return false;
	if (route === 'POST /sandbox/reset') requestLog.reset();
	request.resume();
	response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
	response.end(JSON.stringify(requestLog.counters));
	return true;
}
