import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestLog } from '../protocol/requestLog.mts';
import { isFromThisMachine } from './loopback.mts';

/**
 * Answers GET /sandbox/counters and POST /sandbox/reset. They are not CAKE's: other processes read
 * the counters there. They need no key, so only this machine may send them.
 * Gives true if the request was one of these. They are not counted.
 */
export function handleControlRequest(
	request: IncomingMessage,
	response: ServerResponse,
	requestLog: RequestLog,
): boolean {
	const route = `${request.method} ${request.url}`;
	if (route !== 'GET /sandbox/counters' && route !== 'POST /sandbox/reset') return false;
	if (!isFromThisMachine(request)) return false;
	if (route === 'POST /sandbox/reset') requestLog.reset();
	request.resume();
	response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
	response.end(JSON.stringify(requestLog.counters));
	return true;
}
