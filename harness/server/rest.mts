import { randomUUID } from 'node:crypto';

/** n8n answered with an error, or without JSON. */
export class RestError extends Error {
	readonly status: number;

	constructor(method: string, path: string, status: number, message: string) {
		super(`${method} ${path}: ${status} ${message}`);
		this.status = status;
	}
}

/**
 * Calls the REST API of n8n's editor, as a signed-in browser does. It keeps the session's cookie and
 * sends the same browser ID with every request, because n8n ties the session to that ID.
 */
export class RestClient {
	private readonly browserId = randomUUID();
	private cookie = '';
	private readonly url: string;

	/** @param url the origin of n8n, without a slash at its end */
	constructor(url: string) {
		this.url = url;
	}

	/** Gets a path under /rest, without the `data` around the answer. The caller knows the type. */
	async get<T>(path: string): Promise<T> {
		return await this.call<T>('GET', path);
	}

	async post<T>(path: string, body: unknown = {}): Promise<T> {
		return await this.call<T>('POST', path, body);
	}

	async patch<T>(path: string, body: unknown): Promise<T> {
		return await this.call<T>('PATCH', path, body);
	}

	async delete<T>(path: string): Promise<T> {
		return await this.call<T>('DELETE', path);
	}

	/** Gets a JSON file outside of /rest, such as /types/nodes.json. */
	async file<T>(path: string): Promise<T> {
		const response = await this.fetch('GET', path);
		if (!response.ok) throw new RestError('GET', path, response.status, response.statusText);
		return (await response.json()) as T;
	}

	/** The session's cookie, in the form of a Cookie header. */
	session(): string {
		return this.cookie;
	}

	private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.fetch(method, `/rest${path}`, body);
		const text = await response.text();
		const answer = parse(text) as { data?: T; message?: string } | undefined;
		if (!response.ok || answer === undefined) {
			const message = answer?.message ?? text.slice(0, 200);
			throw new RestError(method, path, response.status, message);
		}
		return (answer.data ?? answer) as T;
	}

	private async fetch(method: string, path: string, body?: unknown): Promise<Response> {
		const headers: Record<string, string> = { 'browser-id': this.browserId, cookie: this.cookie };
		if (body !== undefined) headers['content-type'] = 'application/json';
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers,
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const set = response.headers.getSetCookie().find((cookie) => cookie.startsWith('n8n-auth='));
		if (set) this.cookie = set.split(';')[0];
		return response;
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
