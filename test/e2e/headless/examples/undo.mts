import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { listItems, runWorkflow } from '../../../../harness/server/executions.mts';
import { importWorkflow } from '../../../../harness/server/workflows.mts';
import { STATUSES } from '../../../../sandbox/account/model.mts';
import type { Conversion, Status } from '../../../../sandbox/server.mts';
import type { Fresh } from '../../support/fresh.mts';
import { buildWorkflow, CAKE, START } from '../../support/workflows.mts';
import { submitForm, type Submission } from './form.mts';
import { publishExample, TRIES } from './support.mts';

type Row = Record<string, unknown>;

/** Each status with each other one. */
const CHANGES = STATUSES.flatMap((before) =>
	STATUSES.filter((after) => after !== before).map((after) => ({ before, after })),
);

/** Checks undo-changes.json on what Update really puts out. */
export async function checkUndo(fresh: Fresh, t: TestContext): Promise<void> {
	await publishExample(fresh.instance, 'undo-changes.json');
	await checkSettingBack(fresh, t);
	await checkLeavingAlone(fresh, t);
	await checkOutputs(fresh, t);
}

async function checkSettingBack(fresh: Fresh, t: TestContext): Promise<void> {
	const { counters } = fresh.sandbox;
	const rows = addConversions(fresh);
	const before = rows.map(({ status }) => status);
	const set = CHANGES.map(({ after }) => after);
	const listStatuses = () => rows.map(({ status }) => status);
	let output: Row[] = [];

	await t.test('Undo with "Only show" reports what would happen, and changes nothing', async () => {
		output = await change(fresh, 'Update for Undo', rows, set);
		assert.deepEqual(listStatuses(), set);
		const { update } = counters.byEndpoint;
		const { lastPage } = await undo(fresh, output, 'Only show what would happen');
		assert.match(lastPage, /Nothing was changed: 6 would be set back, 0 to look at/);
		assert.deepEqual([listStatuses(), counters.byEndpoint.update], [set, update]);
	});

	await t.test('Undo gives every conversion the status that it had', async () => {
		const reads = counters.byEndpoint.query;
		const { lastPage } = await undo(fresh, output);
		assert.match(lastPage, /6 set back, 0 to look at/);
		assert.deepEqual(listStatuses(), before);
		for (const { notes, status } of rows) assert.equal(notes.at(-1), `Undo: back to ${status}`);
		const pages = Math.ceil(fresh.sandbox.account.conversions.size / 499);
		assert.ok(counters.byEndpoint.query - reads <= pages + 1, 'one read serves all');
	});

	await t.test('Undo changes nothing when the same output comes again', async () => {
		const { update } = counters.byEndpoint;
		const { lastPage, execution } = await undo(fresh, output);
		assert.match(lastPage, /0 set back, 0 to look at/);
		assert.equal(listItems(execution, 'Report')[0].json.had_it_already, 6);
		assert.equal(counters.byEndpoint.update, update);
	});

	await t.test('Undo gives a conversion that was changed twice its first status', async () => {
		const [row] = addConversions(fresh);
		const twice = await change(fresh, 'Twice', [row, row], ['rejected', 'pending']);
		assert.match((await undo(fresh, twice)).lastPage, /1 set back, 0 to look at/);
		assert.equal(row.status, CHANGES[0].before);
	});
}

async function checkLeavingAlone(fresh: Fresh, t: TestContext): Promise<void> {
	const { account } = fresh.sandbox;

	await t.test('Undo leaves alone what somebody has changed since, and names it', async () => {
		const rows = addConversions(fresh);
		const [first, second, ...others] = rows;
		const before = others.map(({ status }) => status);
		const set = CHANGES.map(({ after }) => after);
		const output = await change(fresh, 'Changed since', rows, set);
		// Update had set them to pending and rejected.
		account.setStatus(first.conversionId, 'rejected');
		account.setStatus(second.conversionId, 'pending');
		const { lastPage, execution } = await undo(fresh, output);
		const left = listItems(execution, 'Result').filter(({ json }) => json.verdict === 'left alone');
		assert.match(lastPage, /4 set back, 2 to look at/);
		assert.match(lastPage, /Left alone: somebody has changed it since: 2/);
		assert.match(String(left[0].json.why), /^Its status is rejected, not pending\.$/);
		assert.deepEqual([first.status, second.status], ['rejected', 'pending']);
		assert.deepEqual(
			others.map(({ status }) => status),
			before,
		);
	});

	await t.test('Undo reports a status that CAKE’s API cannot set', async () => {
		const rows = addConversions(fresh);
		const set = CHANGES.map(({ after }) => after);
		const output = await change(fresh, 'Scrubbed', rows, set);
		output[2].previous_status = 'Scrubbed';
		delete output[3].previous_status;
		const { lastPage } = await undo(fresh, output);
		assert.match(lastPage, /4 set back, 2 to look at/);
		assert.match(lastPage, /<td>scrubbed<\/td><td>CAKE's API cannot set this status/);
		assert.match(lastPage, /The output does not say which status it had/);
		assert.deepEqual([rows[2].status, rows[3].status], [set[2], set[3]]);
	});

	await t.test('Undo does not say that a change without an answer was not made', async () => {
		const [row] = addConversions(fresh);
		const output = await change(fresh, 'Answered', [row], ['rejected']);
		fresh.sandbox.failNext('resetAfter', { endpoint: 'update', times: TRIES });
		const { lastPage } = await undo(fresh, output);
		assert.match(lastPage, /0 set back, 1 to look at/);
		assert.match(lastPage, /Not known: look these up in CAKE: 1</);
		assert.doesNotMatch(lastPage, /Not set back/);
		assert.equal(row.status, CHANGES[0].before);
	});

	await t.test('Undo reports a change that CAKE refuses, and makes the others', async () => {
		const rows = addConversions(fresh);
		const set = CHANGES.map(({ after }) => after);
		const output = await change(fresh, 'Refused', rows, set);
		const json = { request_status: 'Error', message: 'Conversion is <locked>' };
		fresh.sandbox.replyNext('update', () => ({ status: 200, body: JSON.stringify(json) }));
		const { lastPage } = await undo(fresh, output);
		assert.match(lastPage, /5 set back, 1 to look at/);
		assert.match(lastPage, /Not set back: 1[^]*Conversion is &lt;locked&gt;/);
	});
}

async function checkOutputs(fresh: Fresh, t: TestContext): Promise<void> {
	const { counters } = fresh.sandbox;

	await t.test('Undo leaves out what that Update did not change', async () => {
		const [row] = addConversions(fresh);
		const [real] = await change(fresh, 'One change', [row], ['rejected']);
		const output = [
			{ error: 'No conversion was found', details: { kind: 'notFound' } },
			{ ...real, conversion_id: 1, dry_run: true },
			{ ...real, conversion_id: 2, skipped: true },
			{ ...real, conversion_id: 3, previous_status: 'Rejected' },
			real,
		];
		const { lastPage } = await undo(fresh, output);
		assert.match(lastPage, /1 set back, 1 to look at/);
		assert.match(lastPage, /Not changed by that Update: 3/);
		assert.equal(row.status, CHANGES[0].before);
	});

	await t.test('Undo names what failed in that Update, since CAKE may have stored it', async () => {
		const [row] = addConversions(fresh);
		fresh.sandbox.failNext('resetAfter', { endpoint: 'update', times: 1 });
		const output = await change(fresh, 'No answer', [row], ['rejected'], { retries: 0 });
		assert.deepEqual([row.status, Object.keys(output[0])[0]], ['rejected', 'error']);
		const { lastPage } = await undo(fresh, output);
		assert.match(lastPage, /0 set back, 1 to look at/);
		const title = 'Failed in that Update: look these up in CAKE: 1</h4>';
		const [, table] = lastPage.split(title);
		assert.match(table ?? lastPage, /^<table>.*<td>1<\/td><td><\/td><td>CAKE is not answering/);
		assert.match(lastPage, /Not changed by that Update: 0/);
	});

	await t.test('Undo changes nothing for a wrong text, and says why on its last page', async () => {
		const { requests } = counters;
		for (const [text, why] of [
			['[ { "conversion_id": 4456789, ', /not the whole output in JSON/],
			['conversion_id,previous_status\n4456789,approved', /not the whole output in JSON/],
			['[ { "order_id": "SO-1061" } ]', /no changed conversion in it/],
			['null', /no changed conversion in it/],
			[
				'[ { "conversion_id": 1, "conversion_status": "pending", "result": "change", "new_status": "approved" } ]',
				/output of Reconcile Conversions/,
			],
		] as const) {
			const { lastPage } = await undo(fresh, text);
			assert.match(lastPage, /Nothing was changed: this is not the output of an Update/);
			assert.match(lastPage, why);
		}
		assert.equal(counters.requests, requests);
	});
}

/** Adds a conversion for each of the changes, with the status before it. */
function addConversions({ sandbox: { account } }: Fresh): Conversion[] {
	return CHANGES.map(({ before }) => account.addConversion({ status: before }));
}

/** Has Update change the conversions as a user's workflow does. Gives what it puts out. */
async function change(
	{ instance }: Fresh,
	name: string,
	rows: Conversion[],
	statuses: Status[],
	options: Row = {},
): Promise<Row[]> {
	const parameters = {
		operation: 'update',
		conversionId: '={{ $json.id }}',
		status: '={{ $json.to }}',
		options: { onlyIfStatusIs: [...STATUSES], ...options },
	};
	const workflow = buildWorkflow(name, parameters, { onError: 'continueRegularOutput' });
	const items = rows.map(({ conversionId: id }, i) => ({ json: { id, to: statuses[i] } }));
	const { id } = await importWorkflow(instance, { ...workflow, pinData: { [START]: items } });
	const execution = await runWorkflow(instance, id, START);
	assert.equal(execution.status, 'success', execution.error?.message);
	return listItems(execution, CAKE).map(({ json }) => json);
}

/** Pastes an output into the form, as the editor copies it. */
async function undo(
	{ instance }: Fresh,
	output: Row[] | string,
	mode = 'Set them back',
): Promise<Submission> {
	const text = typeof output === 'string' ? output : JSON.stringify(output, null, 2);
	const submission = await submitForm(instance, 'cake-undo', text, mode);
	const { status, error } = submission.execution;
	assert.equal(status, 'success', error?.message);
	return submission;
}
