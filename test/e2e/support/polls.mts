import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../../sandbox/server.mts';
import { Problem } from '../../../harness/server/problem.mts';
import type { Workflow } from '../../../harness/server/workflows.mts';

const TRIGGER_TYPE = 'n8n-nodes-cake.cakeConversionsTrigger';
const EVERY_SECONDS = 5;
const LOOK_EVERY_MS = 100;
const WITHIN_MS = 40_000;

/**
 * Copies a workflow, and has its trigger poll every five seconds. n8n refuses an interval under a
 * minute, but takes many poll times: here twelve, each once a minute at its own second.
 */
export function speedUpPolling(workflow: Workflow): Workflow {
	const item = Array.from({ length: 60 / EVERY_SECONDS }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${index * EVERY_SECONDS} * * * * *`,
	}));
	const nodes = workflow.nodes.map((node) => {
		if (node.type !== TRIGGER_TYPE) return node;
		return { ...node, parameters: { ...node.parameters, pollTimes: { item } } };
	});
	return { ...workflow, nodes };
}

/** Waits until this many polls from now on have read CAKE from the first row to the last. */
export async function untilPolled({ log }: Sandbox, times: number): Promise<void> {
	// A poll under way may have read its rows before now. So one more poll must begin.
	const begun = log.length;
	await until('n8n did not poll', () => {
		const polls = log
			.slice(begun)
			.filter(({ parameters }) => Number(parameters.start_at_row) === 1);
		return polls.length > times;
	});
}

/** Waits until `isSo`. Throws a Problem with the text `otherwise` when that takes too long. */
export async function until(otherwise: string, isSo: () => boolean): Promise<void> {
	const deadline = Date.now() + WITHIN_MS;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Problem(`${otherwise} within ${WITHIN_MS / 1000} s`);
		await sleep(LOOK_EVERY_MS);
	}
}
