import { listAllExecutions, tally, untilAllEnded } from './executions.mts';
import type { ListedExecution } from '../../../harness/server/executions.mts';
import type { Cluster } from './cluster.mts';
import { type Answer, deliver, newDeals, listStored, untilStored } from './deliveries.mts';
import type { Stage } from './stage.mts';
import type { Deal } from './workflow.mts';
import type { Worker } from './worker.mts';

const KILL_AT = 0.4;
const STORE_WITHIN_MS = 60_000;
const END_WITHIN_MS = 150_000;

/** What was left when a worker had been killed and n8n had come to terms with it. */
export interface Aftermath {
	deals: Deal[];
	answers: Answer[];
	/** Those of these deals, oldest first. */
	executions: ListedExecution[];
	/**
	 * IDs of the executions that the killed worker had begun and not finished. It may have taken more
	 * from the queue, of which it had written nothing yet.
	 */
	cutShort: string[];
	/** How many of the deals were stored at that moment. */
	storedAtDeath: number;
	/** Deal ID -> number of its conversions. */
	stored: Map<string, number>;
	/** Seconds until n8n showed the last of them as ended. */
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
	const deals = newDeals(account, prefix, count);
	const goal = account.conversions.size + Math.ceil(count * KILL_AT);
	const delivery = deliver(stage.url, deals);
	// Its failure is thrown below; without this it would count as unhandled in the meantime.
	delivery.catch(() => undefined);
	await untilStored(account, goal, STORE_WITHIN_MS);
	victim.process.signal('SIGKILL');
	await victim.process.ended;
	const diedAt = Date.now();
	const storedAtDeath = total(listStored(account, deals));
	const finished = new Set(victim.finished());
	const cutShort = victim.started().filter((id) => !finished.has(id));

	const answers = await delivery;
	const all = await untilAllEnded(main, stage.id, before.length + count, END_WITHIN_MS);
	const noticedAfter = Math.round((Date.now() - diedAt) / 1000);
	const known = new Set(before.map(({ id }) => id));
	const executions = all.filter(({ id }) => !known.has(id));
	const stored = listStored(account, deals);
	return { deals, answers, executions, cutShort, storedAtDeath, stored, noticedAfter };
}

/** The deals whose delivery n8n did not answer with success: a CRM delivers them again. */
export function unanswered({ answers }: Aftermath): Deal[] {
	return answers.filter(({ status }) => status !== 200).map(({ deal }) => deal);
}

/** The executions that n8n shows as successful. */
export function successful({ executions }: Aftermath): ListedExecution[] {
	return executions.filter(({ status }) => status === 'success');
}

/** The executions that n8n shows as anything but successful. */
export function unsuccessful({ executions }: Aftermath): ListedExecution[] {
	return executions.filter(({ status }) => status !== 'success');
}

/** What was seen, in lines for a reader. */
export function report(aftermath: Aftermath): string[] {
	const { deals, answers, cutShort, stored, storedAtDeath, noticedAfter } = aftermath;
	const callers = tally(answers.map(({ status }) => status));
	const lacking = [...stored.values()].filter((count) => count === 0).length;
	const told = unanswered(aftermath).length;
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
