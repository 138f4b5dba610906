import type { IDataObject } from 'n8n-workflow';
import type { ReplyMaker } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { summarize } from '../../support/outcomes.mts';
import { getDetails } from '../../support/sales.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

const cake = useCake();

const parameters = {
	clickId: '={{ $json.clickId }}',
	offerId: '={{ $json.offerId }}',
	uniqueId: '={{ $json.uniqueId }}',
	additionalFields: { orderId: '={{ $json.orderId }}' },
	options: { maxConcurrent: 1, retries: 0 },
};

/** Records items one at a time. Each gives its click and offer, and perhaps other values. */
async function recordAll(items: IDataObject[]) {
	return await cake.record(parameters, { items, onError: 'continueErrorOutput' });
}

const click = () => {
	const [{ clickId, offerId }] = cake.account.freshClicks(1);
	return { clickId, offerId };
};

describe('one row and several sales', () => {
	it('records only the first of three sales with the same Unique ID and different clicks', async () => {
		const items = cake.account
			.freshClicks(3)
			.map(({ clickId, offerId: own }) => ({ clickId, offerId: own, uniqueId: 'CUST-1' }));
		const run = await recordAll(items);
		expect(cake.sandbox.counters.stored).toBe(1);
		expect(run.items).toHaveLength(1);
		expect(run.errorItems.map(({ json }) => json.error)).toEqual(
			Array(2).fill('CAKE has this Unique ID for another click'),
		);
	});

	it('gives an already recorded sale no conversion ID when a new sale has the same click', async () => {
		const shared = click();
		cake.account.addConversion({
			...shared,
			uniqueId: 'OLD',
			at: Date.now() - 20 * DAY_MS,
		});
		const run = await recordAll([
			{ ...shared, uniqueId: 'OLD' },
			{ ...shared, uniqueId: 'NEW' },
		]);
		expect(run.items.map(({ json }) => json.already_recorded)).toEqual([true, false]);
		expect(run.items[0].json).not.toHaveProperty('conversion_id');
		expect(run.items[1].json.conversion_id).toBeGreaterThan(0);
	});

	it('gives an already recorded sale no conversion that a reply named for another sale', async () => {
		const shared = { ...click(), orderId: 'ORDER-9' };
		const { conversionId } = cake.account.addConversion({ ...shared, uniqueId: 'LINE-1' });
		// CAKE has the second sale, too, but stored its order ID otherwise.
		cake.account.addConversion({ ...shared, orderId: 'ORDER', uniqueId: 'LINE-2' });
		const reply = { request_status: 'Success', conversion_id: conversionId, unique_id: 'LI' };
		cake.sandbox.replyNext('record', () => ({ body: reply }));
		const message = 'Duplicate unique ID';
		cake.sandbox.replyNext('record', () => ({ body: { request_status: 'Error', message } }));
		const run = await recordAll(['LINE-1', 'LINE-2'].map((uniqueId) => ({ ...shared, uniqueId })));
		expect(summarize(run).failures).toEqual(['unknownOutcome']);
		expect(getDetails(run.errorItems[0]).conversion_ids).toContain(conversionId);
		expect(run.items[0].json.already_recorded).toBe(true);
		expect(run.items[0].json).not.toHaveProperty('conversion_id');
	});

	it('gives an already recorded sale no conversion that an unclear sale may have stored', async () => {
		const shared = { ...click(), orderId: 'ORDER-9' };
		// CAKE has the second sale with another order ID, and stored the first without its Unique ID.
		cake.account.addConversion(shared);
		cake.account.addConversion({ ...shared, orderId: 'ORDER', uniqueId: 'LINE' });
		cake.sandbox.failNext('unavailable', { endpoint: 'record' });
		const message = 'Duplicate unique ID';
		cake.sandbox.replyNext('record', () => ({ body: { request_status: 'Error', message } }));
		const run = await recordAll(['LINE-1', 'LINE-2'].map((uniqueId) => ({ ...shared, uniqueId })));
		expect(summarize(run).failures).toEqual(['unknownOutcome']);
		expect(run.items[0].json.already_recorded).toBe(true);
		expect(run.items[0].json).not.toHaveProperty('conversion_id');
	});

	it('gives both items of a deal delivered twice the same conversion', async () => {
		const deal = { ...click(), uniqueId: 'DEAL-1', orderId: 'ORDER-2' };
		const run = await recordAll([deal, deal]);
		expect(cake.sandbox.counters.stored).toBe(1);
		const [first, second] = run.items.map(({ json }) => json);
		expect(second).toEqual({ ...first, already_recorded: true });
	});
});

describe('a reply without a Unique ID', () => {
	/** Removes the Unique ID from the reply. The specification allows a reply without it. */
	const hideUniqueId: ReplyMaker = ({ proceed }) => ({
		body: { ...proceed(), unique_id: undefined },
	});

	it('confirms a second delivery without an answer by the first reply, which has no Unique ID', async () => {
		const deal = { ...click(), uniqueId: 'HIDDEN-1', orderId: 'ORDER-3' };
		cake.sandbox.replyNext('record', hideUniqueId);
		cake.sandbox.failNext('resetBefore', { endpoint: 'record' });
		const run = await recordAll([deal, deal]);
		const [{ conversionId }] = cake.account.conversionsOfClick(deal.clickId);
		expect(run.items.map(({ json }) => [json.conversion_id, json.already_recorded])).toEqual([
			[conversionId, false],
			[conversionId, true],
		]);
	});

	it('confirms neither of two sales that CAKE answers with one conversion', async () => {
		const shared = { ...click(), orderId: 'ORDER-4' };
		const items = ['LINE-3', 'LINE-4'].map((uniqueId) => ({ ...shared, uniqueId }));
		let body: IDataObject | undefined;
		const answerBoth: ReplyMaker = ({ proceed }) => ({
			body: (body ??= { ...proceed(), unique_id: undefined }),
		});
		cake.sandbox.replyNext('record', answerBoth, { times: 2 });
		const run = await recordAll(items);
		expect(cake.sandbox.counters.stored).toBe(1);
		expect(summarize(run)).toEqual({
			conversions: [],
			failures: ['unknownOutcome', 'unknownOutcome'],
		});
		const [{ conversionId }] = cake.account.conversionsOfClick(shared.clickId);
		expect(run.errorItems.map((item) => getDetails(item).conversion_ids)).toEqual(
			Array(2).fill([conversionId]),
		);
	});

	it('confirms no sale with a conversion that another item has by its Unique ID', async () => {
		const shared = { ...click(), orderId: 'ORDER-7' };
		let body: IDataObject = {};
		cake.sandbox.replyNext('record', ({ proceed }) => ({
			body: (body = proceed() as IDataObject),
		}));
		cake.sandbox.replyNext('record', () => ({ body: { ...body, unique_id: undefined } }));
		const run = await recordAll(['LINE-9', 'LINE-10'].map((uniqueId) => ({ ...shared, uniqueId })));
		expect(summarize(run)).toEqual({
			conversions: [body.conversion_id],
			failures: ['unknownOutcome'],
		});
		expect(run.items[0].json.unique_id).toBe('LINE-9');
	});

	it('confirms no sale with a conversion that an earlier unclear sale may have stored', async () => {
		const shared = { ...click(), orderId: 'ORDER-5' };
		let body: IDataObject = {};
		cake.sandbox.replyNext('record', ({ proceed }) => {
			body = { ...proceed(), unique_id: undefined };
			return { body: '' };
		});
		cake.sandbox.replyNext('record', () => ({ body }));
		const run = await recordAll(['LINE-5', 'LINE-6'].map((uniqueId) => ({ ...shared, uniqueId })));
		expect(summarize(run)).toEqual({
			conversions: [],
			failures: ['unknownOutcome', 'unknownOutcome'],
		});
		expect(run.errorItems.map((item) => getDetails(item).conversion_ids)).toEqual(
			Array(2).fill([body.conversion_id]),
		);
	});

	it('confirms no sale with a conversion that CAKE lists under another Unique ID', async () => {
		const shared = { ...click(), orderId: 'ORDER-6' };
		const { conversionId } = cake.account.addConversion({ ...shared, uniqueId: 'LINE-7' });
		cake.sandbox.replyNext('record', () => ({
			body: {
				request_status: 'Error',
				message: 'Duplicate unique ID',
				conversion_id: conversionId,
				unique_id: 'LINE-7',
			},
		}));
		cake.sandbox.replyNext('record', () => ({
			body: { request_status: 'Success', conversion_id: conversionId },
		}));
		const run = await recordAll(['LINE-7', 'LINE-8'].map((uniqueId) => ({ ...shared, uniqueId })));
		expect(summarize(run)).toEqual({
			conversions: [conversionId],
			failures: ['unknownOutcome'],
		});
		expect(getDetails(run.errorItems[0]).conversion_ids).toEqual([conversionId]);
	});

	it('confirms no second delivery of a deal by a reply that came into doubt', async () => {
		const shared = click();
		const answers: Record<string, IDataObject> = {};
		const reply: ReplyMaker = ({ proceed, parameters: { unique_id: uniqueId } }) => {
			const isRepeated = answers[String(uniqueId)] !== undefined;
			if (isRepeated) return { body: { request_status: 'Error', message: 'Duplicate unique ID' } };
			const [first] = Object.values(answers);
			const body = first ?? { ...proceed(), unique_id: undefined };
			answers[String(uniqueId)] = body;
			return { body };
		};
		cake.sandbox.replyNext('record', reply, { times: 3 });
		const run = await recordAll(
			['DEAL-2', 'DEAL-2', 'DEAL-3'].map((uniqueId) => ({ ...shared, uniqueId })),
		);
		expect(cake.sandbox.counters.stored).toBe(1);
		expect(summarize(run)).toEqual({
			conversions: [],
			failures: ['unknownOutcome', 'unknownOutcome', 'unknownOutcome'],
		});
	});
});
