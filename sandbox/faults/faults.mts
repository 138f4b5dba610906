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
import type { RawRequest } from '../protocol/request.mts';

/** An HTTP reply to send. */
export interface Reply {
	status: number;
	headers?: Record<string, string>;
	body: string | Buffer;
	/** Sends the body one byte at a time, with this pause (ms) between two bytes. */
	dripMs?: number;
}

/** A reply, a connection reset, or no reply at all. */
export type Outcome = Reply | 'reset' | 'silence';

interface Behavior {
	/** Whether the account handles the request (and writes) in spite of the fault. */
	isHandled: boolean;
	play: (request: RawRequest, details: FaultDetails, answer: () => Answer) => Outcome;
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const html = (status: number, body: string) => ({ status, headers: HTML, body });
const json = (status: number, value: object) => ({ status, body: JSON.stringify(value) });

/** Rounds up to a whole second: a client that waits until then is never early. */
const httpDate = (seconds: number) =>
	new Date(Math.ceil((Date.now() + seconds * 1000) / 1000) * 1000).toUTCString();

const throttle = (retryAfter: string): Reply => ({
	...json(429, { request_status: 'Error', message: 'Too many requests' }),
	headers: { 'Retry-After': retryAfter },
});

/** With custom errors on, ASP.NET redirects to an error page after an exception. */
const toErrorPage = ({ path }: RawRequest): Reply => ({
	status: 302,
	headers: { ...HTML, Location: `/Error.aspx?aspxerrorpath=${path}` },
	body: OBJECT_MOVED,
});

const WARNING = '"request_status":"Warning","message":"Recorded, but the daily cap is reached"';

export const BEHAVIORS: Record<FaultKind, Behavior> = {
	throttle: { isHandled: false, play: (_, { retryAfter = 1 }) => throttle(String(retryAfter)) },
	throttleDate: {
		isHandled: false,
		play: (_, { retryAfter = 1 }) => throttle(httpDate(Number(retryAfter))),
	},
	// CAKE's older API sends this message after too many requests.
	restricted: {
		isHandled: false,
		play: () => json(200, { success: false, message: 'Restricted' }),
	},
	unavailable: {
		isHandled: false,
		play: (_, { retryAfter }) => ({
			status: 503,
			headers: { ...HTML, ...(retryAfter === undefined ? {} : { 'Retry-After': `${retryAfter}` }) },
			body: UNAVAILABLE,
		}),
	},
	serverError: { isHandled: false, play: () => html(500, SERVER_ERROR) },
	resetBefore: { isHandled: false, play: () => 'reset' },
	resetAfter: { isHandled: true, play: () => 'reset' },
	hang: { isHandled: false, play: () => 'silence' },
	hangAfter: { isHandled: true, play: () => 'silence' },
	html: { isHandled: false, play: () => html(200, INTERPOSED) },
	htmlAfter: { isHandled: true, play: () => html(200, INTERPOSED) },
	cutOff: {
		isHandled: true,
		play: (_request, _details, answer) => {
			const { status, json: text } = answer();
			return { status, body: text.slice(0, Math.floor(text.length / 2)) };
		},
	},
	empty: { isHandled: false, play: () => ({ status: 200, body: '' }) },
	echo: {
		isHandled: false,
		play: ({ headers, target, body }) =>
			json(200, {
				request_status: 'Error',
				message:
					`Could not process the request http://${headers.host ?? ''}${target} ${body}`.trim(),
			}),
	},
	redirect: {
		isHandled: false,
		play: ({ target }, { redirectTo = 'http://elsewhere.invalid' }) => {
			const wholeUrl = new URL(redirectTo).pathname !== '/';
			const location = wholeUrl ? redirectTo : redirectTo.replace(/\/$/, '') + target;
			return { status: 302, headers: { ...HTML, Location: location }, body: '' };
		},
	},
	wrongKey: {
		isHandled: false,
		play: () => json(200, { request_status: 'Error', message: 'Invalid API Key' }),
	},
	errorPage: { isHandled: false, play: toErrorPage },
	errorPageAfter: { isHandled: true, play: toErrorPage },
	requestTimeout: { isHandled: false, play: () => html(408, REQUEST_TIMEOUT) },
	requestTimeoutAfter: { isHandled: true, play: () => html(408, REQUEST_TIMEOUT) },
	warning: {
		isHandled: true,
		play: (_request, _details, answer) => {
			const { status, json: text } = answer();
			return { status, body: text.replace('"request_status":"Success"', WARNING) };
		},
	},
};

/** A scripted fault, quirk or reply. */
interface Scripted<T> {
	value: T;
	/** For how many more requests. */
	times: number;
	/** Undefined: all endpoints. */
	endpoint: Endpoint | undefined;
}

/** A queue of scripted faults, quirks or replies. Each request takes the first for its endpoint. */
export class Script<T> {
	private readonly queue: Array<Scripted<T>> = [];

	push(value: T, times = 1, endpoint?: Endpoint): void {
		this.queue.push({ value, times, endpoint });
	}

	take(endpoint: Endpoint): T | undefined {
		const index = this.queue.findIndex(
			(entry) => entry.endpoint === undefined || entry.endpoint === endpoint,
		);
		if (index === -1) return undefined;
		const entry = this.queue[index];
		if (--entry.times <= 0) this.queue.splice(index, 1);
		return entry.value;
	}
}

/** Draws random faults: one draw per request, so the probabilities of all faults add up. */
export class RandomFaults {
	private readonly random: Random;
	private readonly remaining: Array<{ fault: Fault; times: number }>;

	constructor(faults: Fault[], seed: number) {
		this.random = new Random(seed, STREAMS.faults);
		this.remaining = faults.map((fault) => ({ fault, times: fault.times ?? Infinity }));
	}

	draw(endpoint: Endpoint): Fault | undefined {
		let rest = this.random.fraction();
		for (const entry of this.remaining) {
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
