import type { Answer } from '../protocol/answer.mts';
import type { Endpoint, Fault, FaultDetails, FaultKind } from '../protocol/options.mts';
import {
	INTERPOSED,
	OBJECT_MOVED,
	REQUEST_TIMEOUT,
	SERVER_ERROR,
	UNAVAILABLE,
} from './errorPages.mts';
import { Random, STREAMS } from '../account/random.mts';
import type { Seen } from '../protocol/request.mts';

/** What goes over the wire. */
export interface Reply {
	status: number;
	headers?: Record<string, string>;
	body: string | Buffer;
	/** One byte at a time, this many ms apart. */
	dripMs?: number;
}

/** What a fault makes of a reply: another one, a destroyed connection, or nothing, ever. */
export type Outcome = Reply | 'reset' | 'silence';

interface Behavior {
	/** Whether the request's work (the write) is done all the same. */
	works: boolean;
	play: (seen: Seen, details: FaultDetails, answer: () => Answer) => Outcome;
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const html = (status: number, body: string) => ({ status, headers: HTML, body });
const json = (status: number, value: object) => ({ status, body: JSON.stringify(value) });

/** The date is rounded up to a whole second: a client that honors it is never early. */
const httpDate = (seconds: number) =>
	new Date(Math.ceil((Date.now() + seconds * 1000) / 1000) * 1000).toUTCString();

const throttled = (retryAfter: string): Reply => ({
	...json(429, { request_status: 'Error', message: 'Too many requests' }),
	headers: { 'Retry-After': retryAfter },
});

/** ASP.NET's way with an exception where custom errors are on. */
const toErrorPage = ({ path }: Seen): Reply => ({
	status: 302,
	headers: { ...HTML, Location: `/Error.aspx?aspxerrorpath=${path}` },
	body: OBJECT_MOVED,
});

const WARNING = '"request_status":"Warning","message":"Recorded, but the daily cap is reached"';

/** What each fault does. */
export const BEHAVIORS: Record<FaultKind, Behavior> = {
	throttle: { works: false, play: (_, { retryAfter = 1 }) => throttled(String(retryAfter)) },
	throttleDate: {
		works: false,
		play: (_, { retryAfter = 1 }) => throttled(httpDate(Number(retryAfter))),
	},
	// CAKE's older API says so when there were too many requests.
	restricted: { works: false, play: () => json(200, { success: false, message: 'Restricted' }) },
	unavailable: {
		works: false,
		play: (_, { retryAfter }) => ({
			status: 503,
			headers: { ...HTML, ...(retryAfter === undefined ? {} : { 'Retry-After': `${retryAfter}` }) },
			body: UNAVAILABLE,
		}),
	},
	serverError: { works: false, play: () => html(500, SERVER_ERROR) },
	resetBefore: { works: false, play: () => 'reset' },
	resetAfter: { works: true, play: () => 'reset' },
	hang: { works: false, play: () => 'silence' },
	hangAfter: { works: true, play: () => 'silence' },
	html: { works: false, play: () => html(200, INTERPOSED) },
	htmlAfter: { works: true, play: () => html(200, INTERPOSED) },
	cutOff: {
		works: true,
		play: (_seen, _details, answer) => {
			const { status, json: text } = answer();
			return { status, body: text.slice(0, Math.floor(text.length / 2)) };
		},
	},
	empty: { works: false, play: () => ({ status: 200, body: '' }) },
	echo: {
		works: false,
		play: ({ headers, target, body }) =>
			json(200, {
				request_status: 'Error',
				message:
					`Could not process the request http://${headers.host ?? ''}${target} ${body}`.trim(),
			}),
	},
	redirect: {
		works: false,
		play: ({ target }, { redirectTo = 'http://elsewhere.invalid' }) => {
			const wholeUrl = new URL(redirectTo).pathname !== '/';
			const location = wholeUrl ? redirectTo : redirectTo.replace(/\/$/, '') + target;
			return { status: 302, headers: { ...HTML, Location: location }, body: '' };
		},
	},
	wrongKey: {
		works: false,
		play: () => json(200, { request_status: 'Error', message: 'Invalid API Key' }),
	},
	errorPage: { works: false, play: toErrorPage },
	errorPageAfter: { works: true, play: toErrorPage },
	requestTimeout: { works: false, play: () => html(408, REQUEST_TIMEOUT) },
	requestTimeoutAfter: { works: true, play: () => html(408, REQUEST_TIMEOUT) },
	warning: {
		works: true,
		play: (_seen, _details, answer) => {
			const { status, json: text } = answer();
			return { status, body: text.replace('"request_status":"Success"', WARNING) };
		},
	},
};

/** A fault that was asked for: how often still, and where. */
interface Scripted<T> {
	what: T;
	times: number;
	endpoint?: Endpoint;
}

/** First in, first out, each for its endpoint. */
export class Script<T> {
	private readonly queue: Array<Scripted<T>> = [];

	push(what: T, times = 1, endpoint?: Endpoint): void {
		this.queue.push({ what, times, endpoint });
	}

	take(endpoint: Endpoint): T | undefined {
		const index = this.queue.findIndex(
			(entry) => entry.endpoint === undefined || entry.endpoint === endpoint,
		);
		if (index === -1) return undefined;
		const entry = this.queue[index];
		if (--entry.times <= 0) this.queue.splice(index, 1);
		return entry.what;
	}
}

/** Draws the random faults: one draw a request, so that the shares are exact and add up. */
export class RandomFaults {
	private readonly random: Random;
	private readonly left: Array<{ fault: Fault; times: number }>;

	constructor(faults: Fault[], seed: number) {
		this.random = new Random(seed, STREAMS.faults);
		this.left = faults.map((fault) => ({ fault, times: fault.times ?? Infinity }));
	}

	draw(endpoint: Endpoint): Fault | undefined {
		let rest = this.random.fraction();
		for (const entry of this.left) {
			const { fault } = entry;
			if (fault.endpoints && !fault.endpoints.includes(endpoint)) continue;
			rest -= fault.probability;
			if (rest >= 0) continue;
			if (entry.times <= 0) return undefined;
			entry.times--;
			return fault;
		}
		return undefined;
	}
}
