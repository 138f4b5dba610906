import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { listWarnings, summarize } from '../../support/outcomes.mts';
import { getDetails, sale } from '../../support/sales.mts';

const cake = useCake();
const branch = { onError: 'continueErrorOutput' } as const;
const DAY_MS = 86_400_000;

/** Records a sale that CAKE refuses with this message. */
async function recordRefused(message: string, parameters: INodeParameters) {
	cake.sandbox.replyNext('record', () => ({ body: { request_status: 'Error', message } }));
	return await cake.record(parameters, branch);
}

/** Records a first sale of a click, then a second one that CAKE refuses with this message. */
async function recordTwoSales(message: string) {
	const [click] = cake.account.freshClicks(1);
	const shared = { ...sale(click), additionalFields: { orderId: 'BASKET' } };
	const first = await cake.record({ ...shared, uniqueId: `LINE-1 ${click.clickId}` });
	const uniqueId = `LINE-2 ${click.clickId}`;
	const second = await recordRefused(message, { ...shared, uniqueId });
	return { firstId: first.items[0].json.conversion_id, second };
}

it.each([
	'Duplicate conversion',
	'Duplicate session',
	'Duplicate visitor',
	'Duplicate device',
	'Duplicate customer',
	'Duplicate phone number',
	'Duplicate parameter adv1',
	'Duplicate affiliate ID',
	'Campaign already exists',
	'Advertiser budget already recorded as exhausted',
	'Not a duplicate, but the cap is reached',
])(
	'does not give a refused sale the conversion of another sale of its click: %s',
	async (message) => {
		const { second } = await recordTwoSales(message);
		expect(summarize(second)).toEqual({ conversions: [], failures: ['refused'] });
	},
);

it('names the conversions of a click and order when CAKE says just "Duplicate"', async () => {
	const { firstId, second } = await recordTwoSales('Duplicate');
	expect(summarize(second)).toEqual({ conversions: [], failures: ['refused'] });
	expect(getDetails(second.errorItems[0]).conversion_ids).toEqual([firstId]);
});

it.each([
	['Duplicate email', { adv1: 'email' }],
	['Duplicate lead', { adv2: 'lead' }],
	['Duplicate click', { adv1: 'click' }],
	['Duplicate order', { orderId: 'order' }],
])(
	'reports a sale as refused though a field holds a word of CAKE’s message: %s',
	async (message, additionalFields) => {
		const run = await recordRefused(message, { uniqueId: `DEAL ${message}`, additionalFields });
		expect(summarize(run)).toEqual({ conversions: [], failures: ['refused'] });
	},
);

it('does not give the conversion of another Unique ID for an already recorded one', async () => {
	const [click] = cake.account.freshClicks(1);
	cake.account.addConversion({ ...click, uniqueId: 'OLD', at: Date.now() - 20 * DAY_MS });
	cake.account.addConversion({ ...click, uniqueId: 'NEW' });
	const run = await cake.record({ ...sale(click), uniqueId: 'OLD' });
	expect(run.items[0].json).toMatchObject({ unique_id: 'OLD', already_recorded: true });
	expect(run.items[0].json).not.toHaveProperty('conversion_id');
	expect(listWarnings(run)).toHaveLength(1);
});

it('takes a bare "Duplicate" to mean the Unique ID when this run recorded it', async () => {
	const [click] = cake.account.freshClicks(1);
	const message = 'Duplicate';
	cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }));
	cake.sandbox.replyNext('record', () => ({ body: { request_status: 'Error', message } }));
	const run = await cake.record({ ...sale(click), uniqueId: 'TWICE' }, { items: [{}, {}] });
	const [first, second] = run.items.map(({ json }) => json);
	expect(second).toEqual({ ...first, already_recorded: true });
});

it('takes a bare "Duplicate" to mean the Unique ID when a row of the list carries it', async () => {
	const [click] = cake.account.freshClicks(1);
	const { conversionId } = cake.account.addConversion({ ...click });
	cake.sandbox.replyNext('query', ({ proceed }) => {
		const body = proceed();
		const rows = body.conversions as IDataObject[];
		return { body: { ...body, conversions: rows.map((row) => ({ ...row, unique_id: 'LISTED' })) } };
	});
	const run = await recordRefused('Duplicate', { ...sale(click), uniqueId: 'LISTED' });
	expect(run.items.map(({ json }) => json)).toMatchObject([
		{ conversion_id: conversionId, unique_id: 'LISTED', already_recorded: true },
	]);
});
