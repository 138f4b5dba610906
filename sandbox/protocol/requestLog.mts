import type { Endpoint, FaultKind, QuirkKind } from './options.mts';

/** Why a parameter, the method, the content type or the body was refused. */
export type RefusalReason =
	| 'unknown'
	| 'missing'
	| 'empty'
	| 'mistyped'
	| 'outOfRange'
	| 'tooLong'
	| 'repeated'
	| 'arrayForm'
	| 'malformed'
	| 'keyInUrl'
	| 'wrongMethod'
	| 'wrongContentType'
	| 'bodyOnGet';

/** A parameter (or another part of a request) that breaks the specification. */
export interface RefusedParameter {
	endpoint: Endpoint;
	/** The parameter's name, or `(method)`, `(content type)`, `(body)`. */
	parameter: string;
	reason: RefusalReason;
	/** Its first 200 characters, with the key hidden. Undefined if it was missing or unreadable. */
	value?: string;
}

/** What the account did. `named`: it listed names for IDs. A fault does not change it: with `resetAfter`, it may be `stored`. */
export type RequestResult =
	| 'stored'
	| 'duplicate'
	| 'updated'
	| 'listed'
	| 'named'
	| 'refused'
	| 'wrongKey'
	| 'rateLimited'
	| 'notFound'
	| 'nothing';

/** A request. Campaigns compare their results with these entries. */
export interface LogEntry {
	/** 1, 2, 3 … in the order the requests were handled. Their writes have the same order. */
	seq: number;
	/** Epoch ms, the real clock. */
	at: number;
	endpoint: Endpoint | 'other';
	method: string;
	path: string;
	/** All parameters except `api_key`. The key is hidden in all others. */
	parameters: Record<string, unknown>;
	result: RequestResult;
	/** The fault that was played, if any. `scripted`: the reply came from `replyNext`. */
	fault?: FaultKind | 'scripted';
	/** The quirks that changed something, if any. */
	quirks?: QuirkKind[];
	/** The conversion that was stored, found or updated. */
	conversionId?: number;
	/** HTTP status of the reply. Undefined if no reply was sent. */
	status?: number;
	/** Whether the complete reply was handed to the network before the connection ended. */
	answered: boolean;
}

/** Counts of all requests since the start or the last `reset()`. They never contain the key. */
export interface Counters {
	requests: number;
	byEndpoint: Record<Endpoint | 'other', number>;
	inFlight: number;
	maxInFlight: number;
	connections: number;
	/** Faults by kind, random and scripted. */
	faults: Partial<Record<FaultKind, number>>;
	/** Requests that a quirk changed, by kind, random and scripted. */
	quirks: Partial<Record<QuirkKind, number>>;
	/** Replies from `replyNext`. */
	scriptedReplies: number;
	/** Requests above `ratePerSecond`. */
	rateLimited: number;
	/** Requests with a wrong key. */
	wrongKey: number;
	stored: number;
	duplicates: number;
	updated: number;
	/** Query replies. `rowsListed` counts their rows. */
	pages: number;
	rowsListed: number;
	/** Refused requests: unknown click, inactive offer, refused parameter … */
	refused: number;
	refusedParameters: RefusedParameter[];
}

function newCounters(inFlight = 0): Counters {
	return {
		requests: 0,
		byEndpoint: {
			record: 0,
			query: 0,
			update: 0,
			offers: 0,
			affiliates: 0,
			advertisers: 0,
			other: 0,
		},
		inFlight,
		maxInFlight: inFlight,
		connections: 0,
		faults: {},
		quirks: {},
		scriptedReplies: 0,
		rateLimited: 0,
		wrongKey: 0,
		stored: 0,
		duplicates: 0,
		updated: 0,
		pages: 0,
		rowsListed: 0,
		refused: 0,
		refusedParameters: [],
	};
}

const COUNTERS = {
	stored: 'stored',
	duplicate: 'duplicates',
	updated: 'updated',
	listed: 'pages',
	refused: 'refused',
	wrongKey: 'wrongKey',
	rateLimited: 'rateLimited',
} as const;

/** Keeps the counters and the log. `reset()` empties both objects but does not replace them. */
export class RequestLog {
	readonly counters = newCounters();
	readonly log: LogEntry[] = [];
	private seq = 0;

	onRequestStart(): void {
		const { counters } = this;
		counters.inFlight++;
		counters.maxInFlight = Math.max(counters.maxInFlight, counters.inFlight);
	}

	onRequestEnd(): void {
		this.counters.inFlight--;
	}

	/** Logs and counts a request. */
	addEntry(request: Pick<LogEntry, 'endpoint' | 'method' | 'path' | 'parameters'>): LogEntry {
		this.counters.requests++;
		this.counters.byEndpoint[request.endpoint]++;
		const entry: LogEntry = {
			seq: ++this.seq,
			at: Date.now(),
			...request,
			result: 'nothing',
			answered: false,
		};
		this.log.push(entry);
		return entry;
	}

	setResult(entry: LogEntry, result: RequestResult, conversionId?: number): void {
		entry.result = result;
		if (conversionId !== undefined) entry.conversionId = conversionId;
		if (result in COUNTERS) this.counters[COUNTERS[result as keyof typeof COUNTERS]]++;
	}

	addFault(entry: LogEntry, kind: FaultKind | 'scripted'): void {
		entry.fault = kind;
		const { counters } = this;
		if (kind === 'scripted') counters.scriptedReplies++;
		else counters.faults[kind] = (counters.faults[kind] ?? 0) + 1;
	}

	/** Takes the quirks that changed something. */
	addQuirks(entry: LogEntry, quirks: ReadonlySet<QuirkKind>): void {
		if (quirks.size === 0) return;
		entry.quirks = [...quirks];
		for (const kind of quirks) this.counters.quirks[kind] = (this.counters.quirks[kind] ?? 0) + 1;
	}

	/** Requests in flight stay counted as in flight. */
	reset(): void {
		Object.assign(this.counters, newCounters(this.counters.inFlight));
		this.log.length = 0;
		this.seq = 0;
	}
}
