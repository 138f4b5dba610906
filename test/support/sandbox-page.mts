import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { Sandbox } from '../../sandbox/server.mts';

/** What the page answered. */
export interface PageAnswer {
	status: number | undefined;
	headers: IncomingHttpHeaders;
	text: string;
}

/** Uses the sandbox's page like a browser. Unlike a browser, it can send any Host and Origin. */
export class PageClient {
	constructor(private readonly sandbox: Sandbox) {}

	/** Opens the page. @param query such as `?search=x` */
	async open(query = '', headers: OutgoingHttpHeaders = {}): Promise<PageAnswer> {
		return await this.send('GET', `/${query}`, headers);
	}

	/**
	 * Sends a form of the page. The Origin is the page's own unless the headers have another, or
	 * undefined for none.
	 */
	async submit(
		path: string,
		fields: Record<string, string | number>,
		headers: Record<string, string | undefined> = {},
	): Promise<PageAnswer> {
		const body = new URLSearchParams();
		for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
		const own = { origin: this.sandbox.url, 'content-type': 'application/x-www-form-urlencoded' };
		const sent = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== undefined);
		return await this.send('POST', path, Object.fromEntries(sent), body.toString());
	}

	private async send(
		method: string,
		path: string,
		headers: OutgoingHttpHeaders,
		body = '',
	): Promise<PageAnswer> {
		return await new Promise((resolve, reject) => {
			const sent = request(this.sandbox.url + path, { method, headers }, (response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (part: string) => (text += part));
				response.on('end', () =>
					resolve({ status: response.statusCode, headers: response.headers, text }),
				);
			});
			sent.on('error', reject);
			sent.end(body);
		});
	}
}
