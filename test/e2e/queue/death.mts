import { listAllExecutions, tally, untilAllEnded } from '../support/executions.mts';
import type { ListedExecution } from '../../../harness/server/executions.mts';
import type { Cluster } from './cluster.mts';
import { type Answer, deliver, makeDeals, countStored, untilStored } from './deliveries.mts';
import type { Stage } from './stage.mts';
import type { Deal } from './workflow.mts';
import type { Worker } from './worker.mts';

const KILL_AT = 0.4;
const STORE_WITHIN_MS = 60_000;
const END_WITHIN_MS = 150_000;

/** The state after a worker was killed and all executions have ended. */
export interface Aftermath {
	deals: Deal[];
	answers: Answer[];
	/** The executions of these deals, oldest first. */
	executions: ListedExecution[];
	/**
	 * IDs of the executions that the killed worker had begun and not finished, by its log. It may
	 * have taken more from the queue without logging them yet.
	 */
	cutShort: string[];
	/** How many of the deals were stored when the worker died. */
	storedAtDeath: number;
	/** Deal ID -> number of its conversions. */
	stored: Map<string, number>;
	/** Seconds from the kill until n8n showed the last execution as ended. */
	noticedAfter: number;
}

/** Delivers deals, and kills a worker when 40 % of them are stored. Waits for all executions. */
export async function dieHalfway(
	{ main, sandbox: { account } }: Cluster,
	stage: Stage,
	victim: Worker,
	{ prefix, count }: { prefix: string; count: number },
): Promise<Aftermath> {
	const before = await listAllExecutions(main, stage.id);
	const deals = makeDeals(account, prefix, count);
	const goal = account.conversions.size + Math.ceil(count * KILL_AT);
	const delivery = deliver(stage.url, deals);
	// The `await` below throws a failure. Until then, Node would count it as unhandled.
	delivery.catch(() => undefined);
	await untilStored(account, goal, STORE_WITHIN_MS);
	victim.process.signal('SIGKILL');
	await victim.process.ended;
	const diedAt = Date.now();
	const storedAtDeath = total(countStored(account, deals));
	const finished = new Set(victim.finished());
	const cutShort = victim.started().filter((id) => !finished.has(id));

	const answers = await delivery;
	const all = await untilAllEnded(main, stage.id, before.length + count, END_WITHIN_MS);
	const noticedAfter = Math.round((Date.now() - diedAt) / 1000);
	const earlier = new Set(before.map(({ id }) => id));
	const executions = all.filter(({ id }) => !earlier.has(id));
	const stored = countStored(account, deals);
	return { deals, answers, executions, cutShort, storedAtDeath, stored, noticedAfter };
}

/** Lists the deals that n8n did not answer with success. A CRM delivers them again. */
export function listUnanswered({ answers }: Aftermath): Deal[] {
	return answers.filter(({ status }) => status !== 200).map(({ deal }) => deal);
}

/** Lists the executions that n8n shows as successful. */
export function listSuccessful({ executions }: Aftermath): ListedExecution[] {
	return executions.filter(({ status }) => status === 'success');
}

/** Lists the executions that n8n does not show as successful. */
export function listUnsuccessful({ executions }: Aftermath): ListedExecution[] {
	return executions.filter(({ status }) => status !== 'success');
}

/** Describes what happened, in lines for a reader. */
export function report(aftermath: Aftermath): string[] {
	const { deals, answers, cutShort, stored, storedAtDeath, noticedAfter } = aftermath;
	const callers = tally(answers.map(({ status }) => status));
	const lacking = [...stored.values()].filter((count) => count === 0).length;
	const told = listUnanswered(aftermath).length;
	const statuses = tally(aftermath.executions.map(({ status }) => status));
	return [
		`killed with ${storedAtDeath} of ${deals.length} stored, and ${cutShort.length} executions begun by it and not finished`,
		`executions in the end: ${statuses}; the last was shown as ended ${noticedAfter} s after the kill`,
		`answers to the webhook's callers: ${callers}`,
		`of the ${told} deals that were answered with a failure, CAKE lacks ${lacking}`,
	];
}

function total(counts: Map<string, number>): number {
	return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
