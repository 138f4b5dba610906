import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { core } from '../../../harness/engine/n8n.mts';
import { useCake } from '../../support/cake.mts';
import { describeResult, member, oddItem, toDryRun } from '../../support/oddItems.mts';

const cake = useCake();

const ITEMS = 40;

/** Runs a dry run of Record for items, with fields from their members. */
async function preview(items: IDataObject[], expressions: string[]) {
	const parameters = toDryRun(expressions);
	const run = await cake.record(parameters, { items, onError: 'continueRegularOutput' });
	return run.items.map(({ json }) => describeResult(json));
}

/** n8n's own method behind `getNodeParameter`. It is private. */
const engineContext = core.ExecuteContext.prototype as object as {
	_getNodeParameter(name: string): unknown;
};

describe('a parameter that is a member of the item', () => {
	afterEach(() => jest.restoreAllMocks());

	it('has the value that n8n gives to the same expression in brackets', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(oddItem, { minLength: ITEMS, maxLength: ITEMS }),
				fc.tuple(member, member, member),
				async (items, members) => {
					const direct = await preview(items, members);
					const bracketed = members.map((one) => `(${one})`);
					const evaluated = await preview(items, bracketed);
					const differing = direct.findIndex((one, index) => one !== evaluated[index]);
					expect([items[differing], direct[differing]]).toEqual([
						items[differing],
						evaluated[differing],
					]);
				},
			),
			{ numRuns: 4, endOnFailure: true },
		);
	});

	/** Counts how often the node asks n8n for a parameter while it records these items. */
	async function countReads(name: string, parameters: INodeParameters, items: IDataObject[]) {
		const read = jest.spyOn(engineContext, '_getNodeParameter');
		await cake.record(parameters, { items, onError: 'continueRegularOutput' });
		return read.mock.calls.filter(([parameter]) => parameter === name).length;
	}

	const orders = [{ order: 'A' }, { order: 'B' }, { order: 'C' }];

	it('is asked of n8n for the first item only', async () => {
		expect(await countReads('uniqueId', { uniqueId: '={{ $json.order }}' }, orders)).toBe(1);
	});

	it('is asked of n8n for the first item only when it is in a collection', async () => {
		const additionalFields = { orderId: '={{ $json["order"] }}', adv1: 'spring' };
		expect(await countReads('additionalFields', { additionalFields }, orders)).toBe(1);
	});

	it('is asked of n8n for each item that does not have it', async () => {
		const items = [...orders, {}, {}];
		expect(await countReads('uniqueId', { uniqueId: '={{ $json.order }}' }, items)).toBe(3);
	});

	it('is asked of n8n for every item when anything else stands in the expression', async () => {
		const uniqueId = '={{ $json.order.trim() }}';
		expect(await countReads('uniqueId', { uniqueId }, orders)).toBe(3);
	});

	it('is asked of n8n for every item when n8n blocks its name', async () => {
		const items = [{ constructor: 'A' }, { constructor: 'B' }];
		expect(await countReads('uniqueId', { uniqueId: '={{ $json.constructor }}' }, items)).toBe(2);
	});
});
