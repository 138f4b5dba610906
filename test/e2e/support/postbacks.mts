import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import {
	ensurePostbackCredential,
	POSTBACK_CREDENTIAL,
} from '../../../harness/server/credentials.mts';
import { endOfExecution, listItems } from '../../../harness/server/executions.mts';
import type { Instance } from '../../../harness/server/instance.mts';
import { POSTBACK_TRIGGER, toPostbackUrl } from '../../../harness/server/postbacks.mts';
import { activateWorkflow, importWorkflow } from '../../../harness/server/workflows.mts';
import {
	POSTBACK_FAULT_KINDS,
	type PostbackFault,
	type Sandbox,
} from '../../../sandbox/server.mts';
import { listAllExecutions, tally, untilAllEnded } from './executions.mts';
import { buildWorkflow, CAKE } from './workflows.mts';

export const SECRET = 'a-secret_of-the-e2e.tests';
/** Recorded at a time. n8n answers before it works, so more would pile up. */
const AT_A_TIME = 50;
const LATE_MS = 300;
const END_WITHIN_MS = 300_000;
/** Executions that are read at a time. */
const READ_AT_A_TIME = 10;

/** One in ten conversions has each fault, so four in ten have none. */
const FAULTS: PostbackFault[] = POSTBACK_FAULT_KINDS.filter((kind) => kind !== 'burst').map(
	(kind) => ({ kind, probability: 0.1 }),
);

/** A published workflow of a postback trigger and a node behind it. */
export interface PostbackStage {
	id: string;
	/** What a user would paste into CAKE, with the address of this n8n. */
	url: string;
}

/**
 * Publishes a workflow that a postback starts.
 * @param origin the address of the process that takes webhook calls
 */
export async function publishPostback(
	instance: Instance,
	name: string,
	origin = instance.url,
): Promise<PostbackStage> {
	await ensurePostbackCredential(instance, SECRET);
	const { id: credential, name: credentialName, type } = POSTBACK_CREDENTIAL;
	const workflow = buildWorkflow(name, {});
	workflow.nodes[0] = {
		...workflow.nodes[0],
		type: POSTBACK_TRIGGER,
		webhookId: crypto.randomUUID(),
		credentials: { [type]: { id: credential, name: credentialName } },
	};
	workflow.nodes[1] = {
		name: CAKE,
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [220, 0],
		parameters: {},
	};
	const { id } = await importWorkflow(instance, workflow);
	await activateWorkflow(instance, id);
	return { id, url: toPostbackUrl(origin, workflow, SECRET) };
}

/** Where a storm of postbacks is checked. */
export interface Storm {
	/** What all names of checks begin with. */
	name: string;
	instance: Instance;
	sandbox: Sandbox;
	stage: PostbackStage;
	/** How many conversions to record. */
	count: number;
	/** The logs of all processes of n8n. */
	logFiles: string[];
}

/** Records many conversions under all faults of postbacks, and checks what they start. */
export async function checkStorm(
	{ name, instance, sandbox, stage, count, logFiles }: Storm,
	t: TestContext,
): Promise<void> {
	const { postbacks } = sandbox;
	/** What n8n had to start: it answered 200 for these. */
	let taken: number[] = [];

	await t.test(`${name} gets ${count} conversions under all faults`, async (check) => {
		const begun = postbacks.log.length;
		postbacks.options = { urls: [stage.url], faults: FAULTS, lateMs: LATE_MS };
		postbacks.failNext('burst');
		const listCalls = () => postbacks.log.slice(begun);
		const listAnswered = (wanted: number) => {
			const answered = listCalls().filter(({ status }) => status === wanted);
			return answered.map(({ conversionId }) => conversionId);
		};
		const recorded: number[] = [];
		while (recorded.length < count) {
			recorded.push(...(await recordSome(sandbox, Math.min(AT_A_TIME, count - recorded.length))));
			taken = [...new Set(listAnswered(200))];
			await untilAllEnded(instance, stage.id, taken.length, END_WITHIN_MS);
		}
		const calls = listCalls();
		const played = new Set(calls.map(({ fault }) => fault));
		assert.equal(played.size, POSTBACK_FAULT_KINDS.length + 1, 'some fault did not happen');
		const forged = calls.filter(({ fault }) => fault === 'forged');
		// Of two calls, one has another key.
		assert.ok(listAnswered(403).length <= forged.length / 2);
		// n8n answers 503 while its database is too slow, as on a machine with too much to do.
		const lost = recorded.filter((id) => !taken.includes(id));
		check.diagnostic(
			`${calls.length} calls: ${tally(calls.map(({ status }) => status ?? 'none'))}`,
		);
		check.diagnostic(`${lost.length} of ${count} conversions got no call through`);
		assert.ok(taken.length > count / 2);
	});

	await t.test(`${name} starts once for each conversion, and never for a forged call`, async () => {
		const items = await listStarted(instance, stage.id);
		const ids = items.map(({ conversion_id: id }) => Number(id));
		assert.deepEqual(ids.sort(), taken.sort());
		assert.ok(items.every(({ repeat }) => repeat === undefined));
	});

	await t.test(`${name} has the secret in no saved execution and no log`, async () => {
		const [{ id }] = await listAllExecutions(instance, stage.id);
		const { data } = await instance.rest.get<{ data: string }>(`/executions/${id}`);
		for (const text of [data, ...logFiles.map((file) => readFileSync(file, 'utf8'))]) {
			assert.ok(!text.includes(SECRET));
		}
	});
}

/** Records conversions. Gives their IDs after all postbacks have been answered. */
async function recordSome({ account, postbacks }: Sandbox, count: number): Promise<number[]> {
	const ids = Array.from({ length: count }, () => account.record({}).conversionId);
	await postbacks.settle();
	return ids;
}

/** Lists the items that started a workflow. An item that started it twice is there twice. */
export async function listStarted(
	instance: Instance,
	workflowId: string,
): Promise<Array<Record<string, unknown>>> {
	const left = (await listAllExecutions(instance, workflowId)).entries();
	const items: Array<Record<string, unknown>> = [];
	const reader = async () => {
		for (const [, { id }] of left) {
			const execution = await endOfExecution(instance, id);
			items.push(...listItems(execution, CAKE).map(({ json }) => json));
		}
	};
	await Promise.all(Array.from({ length: READ_AT_A_TIME }, reader));
	return items;
}
