import type { Endpoint, FaultKind, QuirkKind } from './options.mts';

/** Why a parameter (or the request's form) was refused. */
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

/** A parameter that a careful client would not have sent. */
export interface RefusedParameter {
	endpoint: Endpoint;
	/** Its name; `(method)`, `(content type)`, `(body)` for the request's form. */
	parameter: string;
	reason: RefusalReason;
	/** Its first 200 characters, the key blanked out; undefined when it was missing or unreadable. */
	value?: string;
}

/** What became of a request. A fault may come on top: `stored` with fault `resetAfter` was stored. */
export type Done =
	| 'stored'
	| 'duplicate'
	| 'updated'
	| 'listed'
	| 'refused'
	| 'wrongKey'
	| 'rateLimited'
	| 'notFound'
	| 'nothing';

/** One request: the truth that campaigns are checked against. */
export interface LogEntry {
	/** 1, 2, 3 … in the order requests were taken on (the order of their writes, too). */
	seq: number;
	/** Epoch ms, real clock. */
	at: number;
	endpoint: Endpoint | 'other';
	method: string;
	path: string;
	/** All parameters but `api_key`, the key blanked out wherever else it stands. */
	parameters: Record<string, unknown>;
	done: Done;
	/** The fault that was played, if any; `scripted` for a reply given by `replyNext`. */
	fault?: FaultKind | 'scripted';
	/** The quirks that changed something, if any. */
	quirks?: QuirkKind[];
	/** Of the conversion that was stored, found or updated. */
	conversionId?: number;
	/** HTTP status sent; undefined when none was. */
	status?: number;
	/** Whether the whole reply was handed to the network before the connection ended. */
	answered: boolean;
}

/** Sums over all requests since the start, or since `reset()`. The key is in none of them. */
export interface Counters {
	requests: number;
	byEndpoint: Record<Endpoint | 'other', number>;
	inFlight: number;
	maxInFlight: number;
	connections: number;
	/** Played faults by kind, random and scripted. */
	faults: Partial<Record<FaultKind, number>>;
	/** Requests by the quirks that changed something in them, random and scripted. */
	quirks: Partial<Record<QuirkKind, number>>;
	/** Replies given by `replyNext`. */
	scriptedReplies: number;
	/** Requests over `ratePerSecond`. */
	rateLimited: number;
	/** Requests with a key that is not the account's. */
	wrongKey: number;
	stored: number;
	duplicates: number;
	updated: number;
	/** Query replies, and the rows in them. */
	pages: number;
	rowsListed: number;
	/** Requests refused for what they asked: unknown click, inactive offer, refused parameter … */
	refused: number;
	refusedParameters: RefusedParameter[];
}

function zero(inFlight = 0): Counters {
	return {
		requests: 0,
		byEndpoint: { record: 0, query: 0, update: 0, other: 0 },
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

const COUNTED = {
	stored: 'stored',
	duplicate: 'duplicates',
	updated: 'updated',
	listed: 'pages',
	refused: 'refused',
	wrongKey: 'wrongKey',
	rateLimited: 'rateLimited',
} as const;

/** Keeps counters and log. The two objects stay the same ones over `reset()`. */
export class RequestLog {
	readonly counters = zero();
	readonly log: LogEntry[] = [];
	private seq = 0;

	entered(): void {
		const { counters } = this;
		counters.inFlight++;
		counters.maxInFlight = Math.max(counters.maxInFlight, counters.inFlight);
	}

	left(): void {
		this.counters.inFlight--;
	}

	/** Opens the log entry of a request. */
	begin(request: Pick<LogEntry, 'endpoint' | 'method' | 'path' | 'parameters'>): LogEntry {
		this.counters.requests++;
		this.counters.byEndpoint[request.endpoint]++;
		const entry: LogEntry = {
			seq: ++this.seq,
			at: Date.now(),
			...request,
			done: 'nothing',
			answered: false,
		};
		this.log.push(entry);
		return entry;
	}

	/** Notes what became of a request. */
	did(entry: LogEntry, done: Done, conversionId?: number): void {
		entry.done = done;
		if (conversionId !== undefined) entry.conversionId = conversionId;
		if (done in COUNTED) this.counters[COUNTED[done as keyof typeof COUNTED]]++;
	}

	faulted(entry: LogEntry, kind: FaultKind | 'scripted'): void {
		entry.fault = kind;
		const { counters } = this;
		if (kind === 'scripted') counters.scriptedReplies++;
		else counters.faults[kind] = (counters.faults[kind] ?? 0) + 1;
	}

	/** Notes the quirks that changed a request. */
	changed(entry: LogEntry, quirks: ReadonlySet<QuirkKind>): void {
		if (quirks.size === 0) return;
		entry.quirks = [...quirks];
		for (const kind of quirks) this.counters.quirks[kind] = (this.counters.quirks[kind] ?? 0) + 1;
	}

	/** Back to zero; requests that are still in flight stay counted as such. */
	reset(): void {
		Object.assign(this.counters, zero(this.counters.inFlight));
		this.log.length = 0;
		this.seq = 0;
	}
}
