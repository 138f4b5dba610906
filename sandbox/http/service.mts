import type { Account } from '../account/account.mts';
import { type Answer, refuse } from '../protocol/answer.mts';
import { DIRECTORY_HANDLERS } from './directory.mts';
import { CONVERSION_HANDLERS, readPaging } from './endpoints.mts';
import { BEHAVIORS, type Outcome, RandomFaults, type Reply, Script } from '../faults/faults.mts';
import {
	type Endpoint,
	type FaultDetails,
	type FaultKind,
	isDirectory,
	type Settings,
} from '../protocol/options.mts';
import { NOT_FOUND } from '../faults/errorPages.mts';
import { type ActiveQuirk, RandomQuirks } from '../faults/quirks.mts';
import { Random, STREAMS } from '../account/random.mts';
import { TokenBucket } from './tokenBucket.mts';
import type { RawRequest } from '../protocol/request.mts';
import { type CheckedRequest, checkRequest } from '../protocol/strict.mts';
import { type LogEntry, type RefusedParameter, RequestLog } from '../protocol/requestLog.mts';
import { STATUSES } from '../account/model.mts';

/** A request that a scripted reply answers. The key is as sent. */
export interface ScriptedRequest extends RawRequest {
	endpoint: Endpoint;
	/** Parameters by name, wrong ones too. */
	parameters: CheckedRequest['values'];
	/** Lets the account handle the request (at most once). Gives the body of the account's answer. */
	proceed(): Record<string, unknown>;
}

/** A test's own reply. An object becomes JSON. */
export interface ScriptedReply {
	status?: number;
	headers?: Record<string, string>;
	body: string | Buffer | object;
	/** Sends the body one byte at a time, with this pause (ms) between two bytes. */
	dripMs?: number;
}

/** A query page. `page` counts all query requests since the start or `reset()`, from 1. */
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

/** Says in one line why a request is refused. */
export function explainProblems(problems: RefusedParameter[]): string {
	return problems.map(({ reason, parameter }) => `${REFUSED[reason]}: ${parameter}`).join('; ');
}

const HANDLERS = { ...CONVERSION_HANDLERS, ...DIRECTORY_HANDLERS };

/** Handles requests and decides what to send: the account's answer or a fault. Has no sockets. */
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

	/** Handles a request. Gives its log entry and what to send. */
	handle(request: RawRequest): { entry: LogEntry; outcome: Outcome } {
		const { endpoint } = request;
		const { access } = this.settings.directory;
		if (endpoint === 'other' || (isDirectory(endpoint) && access === 'absent')) {
			return this.answerNotFound(request);
		}
		const checked = checkRequest(request, endpoint);
		const { api_key: _key, ...parameters } = checked.values;
		const entry = this.addEntry(request, parameters);
		for (const problem of checked.problems) this.countRefused(problem);
		if (this.bucket && !this.bucket.take()) {
			this.requestLog.setResult(entry, 'rateLimited');
			return { entry, outcome: BEHAVIORS.throttle.play(request, {}, unreachable) };
		}
		let answer: Answer | undefined;
		const work = () => (answer ??= this.doWork(endpoint, checked, entry));
		const plan = this.script.take(endpoint) ?? this.drawFault(endpoint);
		if (!plan) return { entry, outcome: toReply(work()) };
		if ('reply' in plan) {
			this.requestLog.addFault(entry, 'scripted');
			const proceed = () => JSON.parse(work().json) as Record<string, unknown>;
			const scripted = { ...request, endpoint, parameters: checked.values, proceed };
			return { entry, outcome: toScriptedReply(plan.reply(scripted)) };
		}
		this.requestLog.addFault(entry, plan.kind);
		const behavior = BEHAVIORS[plan.kind];
		if (behavior.isHandled) work();
		return { entry, outcome: behavior.play(request, plan.details, work) };
	}

	private answerNotFound(request: RawRequest): { entry: LogEntry; outcome: Outcome } {
		const entry = this.addEntry(request, {});
		this.requestLog.setResult(entry, 'notFound');
		const headers = { 'Content-Type': 'text/html; charset=utf-8' };
		return { entry, outcome: { status: 404, headers, body: NOT_FOUND } };
	}

	private addEntry(request: RawRequest, parameters: Record<string, unknown>): LogEntry {
		return this.requestLog.addEntry({
			endpoint: request.endpoint,
			method: request.method,
			path: this.hideKey(request.path),
			parameters: this.hideKeyIn(parameters),
		});
	}

	private countRefused({ endpoint, parameter, reason, value }: RefusedParameter): void {
		const shown = parameter === 'api_key' ? '(hidden)' : this.hideKey(value ?? '').slice(0, 200);
		this.requestLog.counters.refusedParameters.push({
			endpoint,
			parameter: this.hideKey(parameter).slice(0, 200),
			reason,
			...(value === undefined ? {} : { value: shown }),
		});
	}

	private drawFault(endpoint: Endpoint): Plan | undefined {
		const fault = this.faults.draw(endpoint);
		return fault && { kind: fault.kind, details: fault };
	}

	private doWork(endpoint: Endpoint, checked: CheckedRequest, entry: LogEntry): Answer {
		const { values, problems } = checked;
		const { errorStatus, apiKey } = this.settings;
		let answer: Answer;
		if (problems.length > 0) {
			answer = refuse(explainProblems(problems), errorStatus);
		} else if (values.api_key !== apiKey) {
			answer = refuse('Invalid API Key', 200, 'wrongKey');
		} else {
			if (endpoint === 'query') this.changeAccount(values);
			const quirks = this.quirks.draw(endpoint, this.quirkScript.take(endpoint));
			answer = HANDLERS[endpoint](this.account, values, this.settings, quirks);
			this.requestLog.addQuirks(entry, quirks.effective);
		}
		this.requestLog.setResult(entry, answer.result, answer.conversionId);
		this.requestLog.counters.rowsListed += answer.rows ?? 0;
		return answer;
	}

	/** Plays other users: they change the account while a client reads its pages. */
	private changeAccount(values: CheckedRequest['values']): void {
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
		for (const hook of this.hooks) hook(account, { ...readPaging(values), page });
	}

	/** A client may send the key anywhere. Counters and log must not contain it. */
	private hideKey(text: string): string {
		return text.replaceAll(this.settings.apiKey, '***');
	}

	private hideKeyIn(parameters: Record<string, unknown>): Record<string, unknown> {
		const text = JSON.stringify(parameters);
		if (!text.includes(this.settings.apiKey)) return parameters;
		return JSON.parse(this.hideKey(text)) as Record<string, unknown>;
	}
}

function unreachable(): never {
	throw new Error('a throttled request has no answer');
}

function toReply({ status, json }: Answer): Reply {
	return { status, body: json };
}

function toScriptedReply({ status = 200, body, ...rest }: ScriptedReply): Reply {
	const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
	return { status, ...rest, body: raw };
}
