import { startSandbox } from '../../../sandbox/server.mts';
import { type NodeRun, runNode } from '../../../harness/engine/engine.mts';
import { getSecondsSince, groupStored } from './faults.mts';

export interface LimiterResult {
	run: NodeRun;
	seconds: number;
	/** Sales the account holds. */
	stored: number;
	/** After the warm-up, the share of requests refused, and the share of the allowed rate used. */
	refused: number;
	used: number;
}

/**
 * Records `count` sales at a server that takes `perSecond` requests a second.
 * @param warmUpMs measuring begins this long after the first request
 */
export async function recordAtLimiter(
	count: number,
	perSecond: number,
	warmUpMs: number,
): Promise<LimiterResult> {
	const sandbox = await startSandbox({ ratePerSecond: perSecond, latencyMs: 5 });
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
		const from = log[0].at + warmUpMs;
		const late = log.filter(({ at }) => at >= from);
		const accepted = late.filter(({ result }) => result === 'stored');
		const lasted = ((accepted.at(-1)?.at ?? from) - from) / 1000;
		return {
			run,
			seconds,
			stored: groupStored(sandbox, 'uniqueId').size,
			refused: (late.length - accepted.length) / late.length,
			used: accepted.length / (perSecond * lasted),
		};
	} finally {
		await sandbox.close();
	}
}
