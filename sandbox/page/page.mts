import type { IncomingMessage, ServerResponse } from 'node:http';
import { isForThisMachine, isFromThisMachine } from '../http/loopback.mts';
import { readRequest } from '../protocol/request.mts';
import { ACTIONS, type Done, type Floor } from './actions.mts';
import { renderPage } from './render.mts';
import { readView, toFields, toQuery } from './view.mts';

/** Nothing but the page's own forms and styles: a script from a conversion's text could not run. */
const POLICY =
	"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS = {
	'Cache-Control': 'no-store',
	'Content-Security-Policy': POLICY,
	'X-Content-Type-Options': 'nosniff',
	// With no referrer at all, browsers would send "null" as the Origin of the page's own forms.
	'Referrer-Policy': 'same-origin',
};

/** The sandbox's page: a person sees and changes its conversions. It is not CAKE's. */
export class Page {
	private last: Done | undefined;

	constructor(private readonly floor: Floor) {}

	/**
	 * Answers GET / and the forms of that page. Other machines, and other hosts' names for this one,
	 * find no page. A form of another site is refused.
	 * Gives true if the request was one of these. They are not counted.
	 */
	handle(request: IncomingMessage, response: ServerResponse): boolean {
		const [path, query = ''] = (request.url ?? '').split('?', 2);
		const isShown = request.method === 'GET' && path === '/';
		const isAction = request.method === 'POST' && Object.hasOwn(ACTIONS, path);
		if (!isShown && !isAction) return false;
		if (!isFromThisMachine(request) || !isForThisMachine(request)) return false;
		// The only failure is a client that is gone before it has sent everything.
		if (isAction) this.act(path, query, request, response).catch(() => response.destroy());
		else this.show(query, request, response);
		return true;
	}

	private show(query: string, request: IncomingMessage, response: ServerResponse): void {
		request.resume();
		response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8' });
		response.end(renderPage(this.floor, readView(query), this.last));
		// Shown again, it would say what may no longer be so.
		this.last = undefined;
	}

	private async act(
		path: string,
		query: string,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		const { body } = await readRequest(request);
		if (!isFromThisPage(request)) {
			response.writeHead(403, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
			response.end('Only the page of this sandbox may change its conversions.\n');
			return;
		}
		this.last = await ACTIONS[path](this.floor, toFields(body));
		// After a redirect, loading the page again repeats no action.
		const { conversionId } = this.last;
		const row = conversionId === undefined ? '' : `#c${conversionId}`;
		response.writeHead(303, { ...HEADERS, Location: `/${toQuery(readView(query))}${row}` });
		response.end();
	}
}

/** Browsers name the site of the form in Origin, and no page can change that. */
function isFromThisPage({ headers }: IncomingMessage): boolean {
	return headers.origin === `http://${headers.host}`;
}
