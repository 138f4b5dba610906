import { TokenBucket } from '../../../sandbox/http/tokenBucket.mts';
import { startSandbox, type ReplyMaker } from '../../../sandbox/server.mts';
import { type NodeRun, runNode } from '../../../harness/engine/engine.mts';
import { getSecondsSince, groupStored } from './faults.mts';

/** How a server refuses a request above its limit. */
const REFUSALS = {
	retryAfter: { status: 429, headers: { 'Retry-After': '1' }, body: {} },
	bare: { status: 429, body: { request_status: 'Error', message: 'Too many requests' } },
	restricted: { status: 200, body: { success: false, message: 'Restricted' } },
};

export interface LimiterOptions {
	/** Requests a second that the server takes. It saves up one second's worth. */
	perSecond: number;
	refusal: keyof typeof REFUSALS;
	/** Requests a second that another client sends to the same limit. Default none. */
	otherPerSecond?: number;
}

export interface LimiterResult {
	run: NodeRun;
	seconds: number;
	/** Sales the account holds. */
	stored: number;
	/** The share of requests refused, and the share of the allowed rate used. */
	refused: number;
	used: number;
}

/** Records `count` sales at a server that limits the requests a second. */
export async function recordAtLimiter(
	count: number,
	{ perSecond, refusal, otherPerSecond }: LimiterOptions,
): Promise<LimiterResult> {
	const sandbox = await startSandbox({ latencyMs: 5 });
	const bucket = new TokenBucket(perSecond);
	let taken = 0;
	const other =
		otherPerSecond && setInterval(() => bucket.take() && taken++, 1000 / otherPerSecond);
	const reply: ReplyMaker = ({ proceed }) =>
		bucket.take() ? { body: proceed() } : REFUSALS[refusal];
	sandbox.replyNext('record', reply, { times: Number.POSITIVE_INFINITY });
	try {
		const items = sandbox.account
			.freshClicks(count)
			.map(({ clickId, offerId }, i) => ({ clickId, offerId, unique: `U-${i}` }));
		const start = Date.now();
		const run = await runNode({
			credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
			items,
			onError: 'continueErrorOutput',
			parameters: {
				operation: 'record',
				clickId: '={{ $json.clickId }}',
				offerId: '={{ $json.offerId }}',
				uniqueId: '={{ $json.unique }}',
				options: { retries: 8 },
			},
		});
		const seconds = getSecondsSince(start);

		const { log } = sandbox;
		const accepted = log.filter(({ result }) => result === 'stored');
		const lasted = ((accepted.at(-1)?.at ?? log[0].at) - log[0].at) / 1000;
		return {
			run,
			seconds,
			stored: groupStored(sandbox, 'uniqueId').size,
			refused: (log.length - accepted.length) / log.length,
			used: accepted.length / (perSecond * lasted - taken),
		};
	} finally {
		clearInterval(other);
		await sandbox.close();
	}
}
