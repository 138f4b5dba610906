import type { Account } from '../account/account.mts';
import { type Answer, refusal } from '../protocol/answer.mts';
import { paging, WORK } from './endpoints.mts';
import { BEHAVIORS, type Outcome, RandomFaults, type Reply, Script } from '../faults/faults.mts';
import type { Endpoint, FaultDetails, FaultKind, Settings } from '../protocol/options.mts';
import { NOT_FOUND } from '../faults/errorPages.mts';
import { type ActiveQuirk, RandomQuirks } from '../faults/quirks.mts';
import { Random, STREAMS } from '../account/random.mts';
import { TokenBucket } from './tokenBucket.mts';
import type { Seen } from '../protocol/request.mts';
import { type Checked, check } from '../protocol/strict.mts';
import { type LogEntry, type RefusedParameter, RequestLog } from '../protocol/requestLog.mts';
import { STATUSES } from '../account/model.mts';

/** What a scripted reply is made from: the raw request, with the key as sent. */
export interface ScriptedRequest extends Seen {
	endpoint: Endpoint;
	/** Parameters by name, as checked; wrong ones are there, too. */
	parameters: Checked['values'];
	/** Does the request's work (at most once) and gives the body it would have been answered with. */
	proceed(): Record<string, unknown>;
}

/** A reply of the test's own making; an object becomes JSON. */
export interface ScriptedReply {
	status?: number;
	headers?: Record<string, string>;
	body: string | Buffer | object;
	/** Sends the body one byte at a time, this many ms apart. */
	dripMs?: number;
}

/** What a query hook is told. `page`: the how-manieth query request since the start or `reset()`. */
export interface QueryRequest {
	startAtRow: number;
	rowLimit: number;
	page: number;
}

export type QueryHook = (account: Account, request: QueryRequest) => void;
export type ReplyMaker = (request: ScriptedRequest) => ScriptedReply;
type Plan = { kind: FaultKind; details: FaultDetails } | { reply: ReplyMaker };

const REFUSED: Record<RefusedParameter['reason'], string> = {
	unknown: 'Unknown parameter',
	missing: 'Missing parameter',
	empty: 'Empty value',
	mistyped: 'Value of the wrong type',
	outOfRange: 'Value out of range',
	tooLong: 'Value too long',
	repeated: 'Parameter given twice',
	arrayForm: 'Parameter in array form',
	malformed: 'Unreadable value',
	keyInUrl: 'Key in the URL',
	wrongMethod: 'Wrong method',
	wrongContentType: 'Wrong content type',
	bodyOnGet: 'Body on a GET',
};

/** The account's side of the wire: from a request read whole to what is to be sent. No sockets here. */
export class Service {
	readonly requestLog = new RequestLog();
	readonly script = new Script<Plan>();
	readonly quirkScript = new Script<ActiveQuirk>();
	readonly hooks: QueryHook[] = [];
	private readonly faults: RandomFaults;
	private readonly quirks: RandomQuirks;
	private readonly bucket?: TokenBucket;
	private readonly random: Random;

	constructor(
		private readonly account: Account,
		private readonly settings: Settings,
	) {
		this.faults = new RandomFaults(settings.faults, settings.seed);
		this.quirks = new RandomQuirks(settings.quirks, settings.seed);
		this.random = new Random(settings.seed, STREAMS.paging);
		if (settings.ratePerSecond !== undefined) this.bucket = new TokenBucket(settings.ratePerSecond);
	}

	/** Takes a request on, does its work and says what is to be sent. */
	handle(seen: Seen): { entry: LogEntry; outcome: Outcome } {
		const { endpoint } = seen;
		if (endpoint === 'other') return this.notFound(seen);
		const checked = check(seen, endpoint);
		const { api_key: _key, ...parameters } = checked.values;
		const entry = this.begin(seen, parameters);
		for (const problem of checked.problems) this.countRefused(problem);
		if (this.bucket && !this.bucket.take()) {
			this.requestLog.did(entry, 'rateLimited');
			return { entry, outcome: BEHAVIORS.throttle.play(seen, {}, unreachable) };
		}
		let done: Answer | undefined;
		const work = () => (done ??= this.work(endpoint, checked, entry));
		const plan = this.script.take(endpoint) ?? this.drawn(endpoint);
		if (!plan) return { entry, outcome: asReply(work()) };
		if ('reply' in plan) {
			this.requestLog.faulted(entry, 'scripted');
			const proceed = () => JSON.parse(work().json) as Record<string, unknown>;
			const request = { ...seen, endpoint, parameters: checked.values, proceed };
			return { entry, outcome: fromScript(plan.reply(request)) };
		}
		this.requestLog.faulted(entry, plan.kind);
		const behavior = BEHAVIORS[plan.kind];
		if (behavior.works) work();
		return { entry, outcome: behavior.play(seen, plan.details, work) };
	}

	private notFound(seen: Seen): { entry: LogEntry; outcome: Outcome } {
		const entry = this.begin(seen, {});
		this.requestLog.did(entry, 'notFound');
		const headers = { 'Content-Type': 'text/html; charset=utf-8' };
		return { entry, outcome: { status: 404, headers, body: NOT_FOUND } };
	}

	private begin(seen: Seen, parameters: Record<string, unknown>): LogEntry {
		return this.requestLog.begin({
			endpoint: seen.endpoint,
			method: seen.method,
			path: this.hide(seen.path),
			parameters: this.hideIn(parameters),
		});
	}

	private countRefused({ endpoint, parameter, reason, value }: RefusedParameter): void {
		const shown = parameter === 'api_key' ? '(hidden)' : this.hide(value ?? '').slice(0, 200);
		this.requestLog.counters.refusedParameters.push({
			endpoint,
			parameter: this.hide(parameter).slice(0, 200),
			reason,
			...(value === undefined ? {} : { value: shown }),
		});
	}

	private drawn(endpoint: Endpoint): Plan | undefined {
		const fault = this.faults.draw(endpoint);
		return fault && { kind: fault.kind, details: fault };
	}

	private work(endpoint: Endpoint, { values, problems }: Checked, entry: LogEntry): Answer {
		const { errorStatus, apiKey } = this.settings;
		let answer: Answer;
		if (problems.length > 0) {
			const messages = problems.map(({ reason, parameter }) => `${REFUSED[reason]}: ${parameter}`);
			answer = refusal(messages.join('; '), errorStatus);
		} else if (values.api_key !== apiKey) {
			answer = refusal('Invalid API Key', 200, 'wrongKey');
		} else {
			if (endpoint === 'query') this.beforePage(values);
			const quirks = this.quirks.draw(endpoint, this.quirkScript.take(endpoint));
			answer = WORK[endpoint](this.account, values, this.settings, quirks);
			this.requestLog.changed(entry, quirks.effective);
		}
		this.requestLog.did(entry, answer.done, answer.conversionId);
		this.requestLog.counters.rowsListed += answer.rows ?? 0;
		return answer;
	}

	/** Other people work on the account while a query is being paged. */
	private beforePage(values: Checked['values']): void {
		const { account, random, settings } = this;
		if (random.chance(settings.insertWhilePaging)) {
			const back = random.chance(0.5) ? 0 : random.int(0, settings.days * 86_400) * 1000;
			account.addConversion({ at: account.now() - back });
		}
		if (random.chance(settings.changeStatusWhilePaging) && account.conversions.size > 0) {
			const row = random.pick([...account.conversions.values()]);
			const others = STATUSES.filter((status) => status !== row.status);
			account.setStatus(row.conversionId, random.pick(others));
		}
		const page = this.requestLog.counters.byEndpoint.query;
		for (const hook of this.hooks) hook(account, { ...paging(values), page });
	}

	/** The key must not get into counters and log, wherever a client may have put it. */
	private hide(text: string): string {
		return text.replaceAll(this.settings.apiKey, '***');
	}

	private hideIn(parameters: Record<string, unknown>): Record<string, unknown> {
		const text = JSON.stringify(parameters);
		if (!text.includes(this.settings.apiKey)) return parameters;
		return JSON.parse(this.hide(text)) as Record<string, unknown>;
	}
}

function unreachable(): never {
	throw new Error('a throttled request has no answer');
}

function asReply({ status, json }: Answer): Reply {
	return { status, body: json };
}

function fromScript({ status = 200, body, ...rest }: ScriptedReply): Reply {
	const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
	return { status, ...rest, body: raw };
}
