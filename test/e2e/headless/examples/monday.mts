import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { DateTime } from 'luxon';
import { type Execution, listItems, runWorkflow } from '../../../../harness/server/executions.mts';
import { importWorkflow, type Workflow } from '../../../../harness/server/workflows.mts';
import type { Conversion, ReplyMaker } from '../../../../sandbox/server.mts';
import type { Fresh } from '../../support/fresh.mts';
import { type Mail, MailInbox, withMailCredential } from '../../support/mail.mts';
import { readExample } from './support.mts';

const TRIGGER = 'Every Monday';
const FILE = 'monday-report.json';

/** The Monday of last week, in n8n's time zone. */
const MONDAY = DateTime.utc().startOf('week').minus({ weeks: 1 });
const LAST_DAY = MONDAY.plus({ days: 6 });
const DAYS = `${MONDAY.toFormat('d LLLL')} to ${LAST_DAY.toFormat('d LLLL yyyy')}`;

/** Checks monday-report.json with the real mail node and a mail server on this machine. */
export async function checkMonday(fresh: Fresh, t: TestContext): Promise<void> {
	const inbox = await MailInbox.start();
	try {
		await checkReport(fresh, inbox, t);
	} finally {
		await inbox.close();
	}
}

async function checkReport(fresh: Fresh, inbox: MailInbox, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const example = await readExample(FILE);
	const { account } = sandbox;

	await t.test('Monday report shows its mail without an account for mail', async () => {
		const { id } = await importWorkflow(instance, { ...example, id: 'mondayAsItIs0001' });
		const html = readHtml(await run(fresh, id));
		assert.match(html, new RegExp(DAYS));
		assert.doesNotMatch(html, /undefined|NaN|\{\{|\[object/);
	});

	const workflow = await withMailCredential(instance, example, inbox);
	const send: Send = async (affiliateId) => {
		const before = inbox.mails.length;
		const copy = withAffiliate(workflow, affiliateId);
		await run(fresh, (await importWorkflow(instance, copy)).id);
		assert.equal(inbox.mails.length, before + 1);
		return inbox.mails[before];
	};

	await t.test('Monday report sums both weeks, without what is rejected', async () => {
		const { subject, html, to } = await send();
		const rows = [...account.conversions.values()];
		const [last, before] = [sumWeek(rows, MONDAY), sumWeek(rows, MONDAY.minus({ weeks: 1 }))];
		assert.deepEqual(to, ['affiliate-team@example.com']);
		const change = formatChange(last.conversions, before.conversions);
		assert.equal(subject, `CAKE, ${DAYS}: ${last.conversions} conversions (${change})`);
		const [all] = readRows(html);
		const withChange = (value: string, name: 'conversions' | 'revenue' | 'margin') =>
			`${value} ${formatChange(last[name], before[name])}`;
		assert.deepEqual(all, [
			'All',
			'',
			'',
			withChange(String(last.conversions), 'conversions'),
			withChange(formatMoney(last.revenue), 'revenue'),
			formatMoney(last.payout),
			withChange(formatMoney(last.margin), 'margin'),
			String(last.rejected),
		]);
	});

	await t.test('Monday report has each offer and affiliate, with bars and changes', async () => {
		const at = MONDAY.plus({ days: 3, hours: 12 });
		const pair = { offerId: 12016, affiliateId: [...account.affiliates.keys()][100] };
		const add = (weeks: number, revenue: number, status: Conversion['status'] = 'approved') =>
			account.addConversion({
				...pair,
				revenue,
				payout: 1000,
				status,
				at: at.minus({ weeks }).toMillis(),
			});
		for (const revenue of [3000, 3000, 3000]) add(0, revenue);
		for (const revenue of [4500, 1500]) add(1, revenue);
		add(0, 9999, 'rejected');
		const { html } = await send();
		const [, first] = readRows(html);
		const affiliate = `${account.affiliates.get(pair.affiliateId)} (${pair.affiliateId})`;
		assert.deepEqual(first, [
			'Payroll Software Trial - US (12016)',
			affiliate,
			'',
			'3 +50 %',
			'9,000.00 +50 %',
			'3,000.00',
			'6,000.00 +50 %',
			'1',
		]);
		const widths = [...html.matchAll(/<td width="(\d+)" height="7" bgcolor/g)].slice(0, 2);
		assert.deepEqual(
			widths.map(([, width]) => width),
			['120', '80'],
		);
		assert.doesNotMatch(html, /<svg|<img|<script|https?:/);
	});

	await checkOddWeeks(fresh, send, t);
}

async function checkOddWeeks({ sandbox }: Fresh, send: Send, t: TestContext): Promise<void> {
	const { account, counters } = sandbox;
	const addAffiliate = (id: number, name: string): number => {
		account.affiliates.set(id, name);
		return id;
	};

	await t.test('Monday report tells the currencies apart', async () => {
		const { query } = counters.byEndpoint;
		await send();
		const times = counters.byEndpoint.query - query;
		sandbox.replyNext('query', replyInTwoCurrencies, { times });
		const { html } = await send();
		assert.equal(readRows(html).filter(([name]) => name === 'All').length, 2);
		assert.match(html, /Currency EUR[^]*Currency USD/);
	});

	await t.test('Monday report pays only what is approved or pending', async () => {
		const affiliateId = addAffiliate(5004, 'Scrubbed');
		for (const at of [0, 1, 2, 3, 4]) {
			account.addConversion({ affiliateId, revenue: 100, payout: 40, at: MONDAY.toMillis() + at });
		}
		const { query } = counters.byEndpoint;
		await send(affiliateId);
		const times = counters.byEndpoint.query - query;
		sandbox.replyNext('query', replyInOtherStatuses, { times });
		const [all] = readRows((await send(affiliateId)).html);
		assert.deepEqual(
			all.slice(3).map((cell) => cell.replace(' new', '')),
			['2', '200.00', '80.00', '120.00', '3'],
		);
	});

	await t.test('Monday report writes the signs of names as they are', async () => {
		const affiliateId = addAffiliate(5001, '<b>$& "Ads" & Co</b>');
		account.addConversion({ affiliateId, at: MONDAY.toMillis() });
		const { html } = await send(affiliateId);
		assert.match(html, /&lt;b&gt;&#36;&amp; "Ads" &amp; Co&lt;\/b&gt; \(5001\)/);
		assert.match(html, /1 <span[^>]*>new</);
	});

	await t.test('Monday report of an empty week says so, and names the week before', async () => {
		const affiliateId = addAffiliate(5002, 'Last seen the week before');
		account.addConversion({ affiliateId, at: MONDAY.toMillis() - 1000 });
		// The days around the two weeks are read, too, but do not count.
		account.addConversion({ affiliateId, at: MONDAY.plus({ weeks: 1 }).toMillis() });
		account.addConversion({ affiliateId, at: MONDAY.minus({ weeks: 1 }).toMillis() - 1000 });
		const { subject, html } = await send(affiliateId);
		assert.equal(subject, `CAKE, ${DAYS}: no conversions (−100 %)`);
		assert.match(html, /No conversions last week\.<\/b> The week before had 1\./);
		assert.equal(readRows(html).length, 2);
	});

	await t.test('Monday report of two empty weeks says so', async () => {
		const { subject, html } = await send(addAffiliate(5003, 'Never seen'));
		assert.equal(subject, `CAKE, ${DAYS}: no conversions`);
		assert.match(html, /No conversions last week\.<\/b> The week before had 0\./);
		assert.doesNotMatch(html, /<table/);
	});
}

/** Runs the report, of one affiliate if its ID is given. Gives the mail. */
type Send = (affiliateId?: number) => Promise<Mail>;

const replyInTwoCurrencies: ReplyMaker = ({ proceed }) => {
	const list = proceed() as { conversions: Row[] };
	const conversions = list.conversions.map((row) => ({
		...row,
		currency: Number(row.conversion_id) % 2 === 0 ? 'EUR' : 'USD',
	}));
	return { body: JSON.stringify({ ...list, conversions }) };
};

const OTHER_STATUSES = ['Approved', ' PENDING', 'Rejected', 'Scrubbed', 'Ignored'];

const replyInOtherStatuses: ReplyMaker = ({ proceed }) => {
	const list = proceed() as { conversions: Row[] };
	const conversions = list.conversions.map((row, i) => ({
		...row,
		conversion_status: OTHER_STATUSES[i % OTHER_STATUSES.length],
	}));
	return { body: JSON.stringify({ ...list, conversions }) };
};

/** Copies the workflow, with a filter in its CAKE node. */
function withAffiliate(workflow: Workflow, affiliateId?: number): Workflow {
	if (affiliateId === undefined) return workflow;
	const filters = { affiliateId: { __rl: true, mode: 'id', value: String(affiliateId) } };
	const nodes = workflow.nodes.map((node) =>
		node.parameters.operation === 'totals'
			? { ...node, parameters: { ...node.parameters, filters } }
			: node,
	);
	return { ...workflow, nodes, id: `mondayReport${affiliateId}` };
}

type Row = Record<string, unknown>;

async function run({ instance }: Fresh, id: string): Promise<Execution> {
	const execution = await runWorkflow(instance, id, TRIGGER);
	assert.equal(execution.status, 'success', execution.error?.message);
	return execution;
}

function readHtml(execution: Execution): string {
	return String(listItems(execution, 'Write the mail')[0].json.html);
}

/** Gives the texts of the rows of the large table, without its header. */
function readRows(html: string): string[][] {
	const plain = html.replace(/<table width="120"[^]*?<\/table>/g, '');
	const rows = [...plain.matchAll(/<tr[^>]*>([^]*?)<\/tr>/g)].map(([, row]) => row);
	return rows
		.map((row) => [...row.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, cell]) => cell))
		.filter((cells) => cells.length > 0)
		.map((cells) => cells.map((cell) => cell.replace(/<[^>]*>/g, '').trim()));
}

/** Sums a week of the account as a person would. */
function sumWeek(rows: Conversion[], monday: DateTime) {
	const [from, to] = [monday.toMillis(), monday.plus({ weeks: 1 }).toMillis()];
	const week = rows.filter(({ at }) => at >= from && at < to);
	const counted = week.filter(({ status }) => status !== 'rejected');
	const cents = (member: 'payout' | 'revenue') =>
		counted.reduce((sum, row) => sum + Math.round(row[member] * 100), 0);
	const [revenue, payout] = [cents('revenue') / 100, cents('payout') / 100];
	const margin = (cents('revenue') - cents('payout')) / 100;
	const rejected = week.length - counted.length;
	return { conversions: counted.length, rejected, revenue, payout, margin };
}

function formatMoney(value: number): string {
	return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function formatChange(last: number, before: number): string {
	const percent = Math.round(((last - before) / before) * 100);
	return `${percent > 0 ? '+' : ''}${String(percent).replace('-', '−')} %`;
}
