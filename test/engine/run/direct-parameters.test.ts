import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { core } from '../../../harness/engine/n8n.mts';
import { useCake } from '../../support/cake.mts';

const cake = useCake();

const ITEMS = 40;

/** Names that n8n treats in its own way, and names that it does not. */
const NAMES = [
	'order',
	'Order ID',
	'größe',
	'toString',
	'constructor',
	'prototype',
	'__proto__',
	'arguments',
	'binding',
	'length',
	'a.b',
	'a]b',
	'0',
	"it's",
	'{{ $json.order }}',
];

const notations = [
	(name: string) => (/^\w+$/.test(name) ? `$json.${name}` : `$json["${name}"]`),
	(name: string) => `$json["${name}"]`,
	(name: string) => `$json[${name.includes("'") ? `"${name}"` : `'${name}'`}]`,
	(name: string) => `  $json["${name}"] `,
];

const value = fc.oneof(
	{ weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
	fc.constantFrom(
		'',
		' 12 ',
		'NULL',
		'={{ 1 }}',
		'{{ $json.order }}',
		'\ud83c',
		'5,00',
		'[object Object]',
	),
	fc.double(),
	fc.integer(),
	fc.boolean(),
	fc.constant(null),
	fc.jsonValue({ maxDepth: 2 }),
) as fc.Arbitrary<IDataObject[string]>;

/** An item with some of the names, as own members. */
const item = fc
	.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { selector: ([name]) => name })
	.map((members): IDataObject => Object.fromEntries(members));

/** Runs a dry run of Record for items, with three fields from their members. */
async function preview(items: IDataObject[], members: string[], wrap: (member: string) => string) {
	const [uniqueId, orderId, payout] = members.map((member) => `={{${wrap(member)}}}`);
	const parameters: INodeParameters = {
		clickId: 'click',
		offerId: 1,
		uniqueId,
		additionalFields: { orderId, payout, adv1: 'fixed' },
		options: { dryRun: true },
	};
	const run = await cake.record(parameters, { items, onError: 'continueRegularOutput' });
	// A remedy repeats the expression.
	return run.items.map(({ json }) => JSON.stringify(json).replaceAll(/ Use \{\{.*?\}\}\./g, ''));
}

/** n8n's own method behind `getNodeParameter`. It is private. */
const engineContext = core.ExecuteContext.prototype as object as {
	_getNodeParameter(name: string): unknown;
};

describe('a parameter that is a member of the item', () => {
	afterEach(() => jest.restoreAllMocks());

	it('has the value that n8n gives to the same expression in brackets', async () => {
		const member = fc
			.tuple(fc.constantFrom(...notations), fc.constantFrom(...NAMES))
			.map(([notation, name]) => notation(name));
		await fc.assert(
			fc.asyncProperty(
				fc.array(item, { minLength: ITEMS, maxLength: ITEMS }),
				fc.tuple(member, member, member),
				async (items, members) => {
					const direct = await preview(items, members, (one) => one);
					const evaluated = await preview(items, members, (one) => `(${one})`);
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
