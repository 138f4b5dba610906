import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ensurePostbackCredential } from '../../../../harness/server/credentials.mts';
import type { Instance } from '../../../../harness/server/instance.mts';
import { runWorkflow } from '../../../../harness/server/executions.mts';
import { toPostbackUrl } from '../../../../harness/server/postbacks.mts';
import {
	activateWorkflow,
	deactivateWorkflow,
	importWorkflow,
	type Workflow,
} from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { speedUpPolling, until, untilPolled } from '../../support/polls.mts';
import { SECRET } from '../../support/postbacks.mts';
import { type SlackInbox, withSlackCredential } from '../../support/slack.mts';
import { readExample } from './support.mts';

const TRIGGER = 'Conversion recorded';
/** Called at once, so that their executions write into the table at the same time. */
const CALLED = 20;
const LOST = 5;
const HEALED = /Found by the poll/;

/** Checks the examples that CAKE calls and that ask CAKE, too, with the real Slack node. */
export async function checkPostbackExamples(
	fresh: Fresh,
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	await ensurePostbackCredential(fresh.instance, SECRET);
	await checkLookedUp(fresh, slack, t);
	await checkHealed(fresh, slack, t);
	fresh.sandbox.postbacks.options = undefined;
}

async function checkLookedUp(
	{ instance, sandbox }: Fresh,
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	const { account, postbacks } = sandbox;
	const example = shortenWait(await readExample('postback-checked.json'));
	const { id, url } = await importExample(instance, example);
	await activateWorkflow(instance, id);
	const untilTold = async (before: number) => {
		await until('Slack was told nothing', () => slack.texts.length > before);
		return slack.texts.slice(before);
	};

	await t.test('Postback checked tells what CAKE has of a conversion', async () => {
		const before = slack.texts.length;
		postbacks.options = { urls: [url] };
		const { conversionId, payout, affiliateId } = account.record({ offerId: 12002 });
		const [text, ...others] = await untilTold(before);
		assert.deepEqual(others, []);
		const affiliate = `${account.affiliates.get(affiliateId)} (${affiliateId})`;
		const [title, line, ...claims] = text.split('\n');
		assert.equal(title, `*New conversion ${conversionId}*`);
		assert.ok(line.includes(`affiliate ${affiliate}, payout ${payout.toFixed(2)}, `), line);
		assert.deepEqual(claims, []);
	});

	/** Somebody who knows the secret calls with values of their own. */
	const claim = async (conversionId: number, payout: string) => {
		const before = slack.texts.length;
		const filled = url.replace('#leadid#', String(conversionId)).replace('#price#', payout);
		await fetch(filled.replace(/&\w+=#\w+#/g, ''));
		return (await untilTold(before))[0];
	};

	await t.test('Postback checked tells the payout that CAKE has, not a higher one', async () => {
		const { conversionId } = account.addConversion({ payout: 5 });
		const text = await claim(conversionId, '500.00');
		assert.match(text, /, payout 5\.00, /);
		assert.match(text, /CAKE’s call said payout 500\.$/);
	});

	await t.test('Postback checked warns of a conversion that CAKE does not list', async () => {
		const text = await claim(1, '500.00');
		assert.match(text, /^\*Do not trust conversion 1\*\n/);
	});

	await t.test('Postback checked says that a conversion could not be looked up', async () => {
		const { conversionId } = account.addConversion({});
		sandbox.replyNext('query', () => ({ status: 401, body: '' }));
		const text = await claim(conversionId, '5.00');
		assert.ok(text.startsWith(`*Conversion ${conversionId} could not be looked up*\n`), text);
	});
	await deactivateWorkflow(instance, id);
}

async function checkHealed(
	{ instance, sandbox }: Fresh,
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	const { account, postbacks } = sandbox;
	const example = speedUpPolling(await readExample('postback-and-poll.json'));
	const { id, url } = await importExample(instance, example);
	const record = (count: number) =>
		Array.from({ length: count }, () => account.record({}).conversionId);

	await t.test('Postback and poll tells its pinned conversion once when run by hand', async () => {
		const before = slack.texts.length;
		for (let run = 0; run < 2; run++) {
			const execution = await runWorkflow(instance, id, TRIGGER);
			assert.equal(execution.status, 'success', execution.error?.message);
		}
		assert.equal(slack.texts.length, before + 1);
	});

	await t.test(
		'Postback and poll tells each conversion once, lost and changed calls too',
		async () => {
			await activateWorkflow(instance, id);
			const before = slack.texts.length;
			postbacks.options = undefined;
			const lost = record(LOST);
			postbacks.options = { urls: [url] };
			const called = record(CALLED);
			await postbacks.settle();
			const all = [...lost, ...called];
			await until('Slack was not told all', () => slack.texts.length >= before + all.length);
			postbacks.options = { urls: [url.replace('#price#', '7.77')] };
			await postbacks.fire(account.conversions.get(called[0]) ?? assert.fail());
			assert.equal(postbacks.log.at(-1)?.status, 200);
			await untilPolled(sandbox, 1);
			const told = slack.texts.slice(before).map(readTold);
			assert.deepEqual(told.map(({ conversion }) => conversion).sort(), all.sort());
			const healed = told.filter(({ isHealed }) => isHealed).map(({ conversion }) => conversion);
			for (const conversion of lost) assert.ok(healed.includes(conversion), `${conversion}`);
		},
	);
	await deactivateWorkflow(instance, id);
}

function readTold(text: string): { conversion: number; isHealed: boolean } {
	const conversion = Number(/^\*New conversion (\d+)\*\n/.exec(text)?.[1]);
	return { conversion, isHealed: HEALED.test(text) };
}

/** Imports an example with a Slack credential. Gives its ID, and the URL that CAKE calls. */
async function importExample(
	instance: Instance,
	example: Workflow,
): Promise<{ id: string; url: string }> {
	const { id } = await importWorkflow(instance, await withSlackCredential(instance, example));
	return { id, url: toPostbackUrl(instance.url, example, SECRET) };
}

/** Copies a workflow, and has it wait for one second. */
function shortenWait(workflow: Workflow): Workflow {
	const nodes = workflow.nodes.map((node) => {
		if (node.type !== 'n8n-nodes-base.wait') return node;
		return { ...node, parameters: { ...node.parameters, amount: 1, unit: 'seconds' } };
	});
	return { ...workflow, nodes };
}
