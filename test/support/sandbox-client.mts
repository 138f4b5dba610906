import type { Sandbox } from '../../sandbox/server.mts';

type Parameters = Record<string, string | number>;

/** A reply as it came: its HTTP status, headers and text. `json` is {} when it holds no JSON. */
export interface Raw {
	status: number;
	headers: Headers;
	text: string;
	json: Record<string, unknown>;
}

/** The plainest client of the three endpoints. It sends any parameters and checks no reply. */
export class SandboxClient {
	constructor(private readonly sandbox: Sandbox) {}

	record(parameters: Parameters, init?: RequestInit): Promise<Raw> {
		return this.get('/api/2/conversion.json', parameters, init);
	}

	query(parameters: Parameters = {}, init?: RequestInit): Promise<Raw> {
		const always = { start_date: '2000-01-01', end_date: '2099-12-31' };
		return this.get('/api/2/conversions.json', { ...always, ...parameters }, init);
	}

	update(body: object, init?: RequestInit): Promise<Raw> {
		return this.send('/api/2/update_conversion.json', {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ api_key: this.sandbox.apiKey, ...body }),
			...init,
		});
	}

	/** Sends a GET with the key and the parameters, properly encoded. */
	get(path: string, parameters: Parameters, init?: RequestInit): Promise<Raw> {
		const pairs = Object.entries({ api_key: this.sandbox.apiKey, ...parameters });
		const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
		return this.send(`${path}?${query}`, init);
	}

	/** Sends any request, without adding a key. */
	async send(target: string, init?: RequestInit): Promise<Raw> {
		const response = await fetch(this.sandbox.url + target, { redirect: 'manual', ...init });
		const text = await response.text();
		return { status: response.status, headers: response.headers, text, json: parse(text) };
	}
}

function parse(text: string): Record<string, unknown> {
	try {
		return JSON.parse(text) as Record<string, unknown>;
	} catch {
		return {};
	}
}

export function listRows({ json }: Raw): Array<Record<string, unknown>> {
	return json.conversions as Array<Record<string, unknown>>;
}
