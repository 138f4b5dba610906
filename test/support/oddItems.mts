import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

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

/** An item with some of these names, as own members. */
export const oddItem = fc
	.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { selector: ([name]) => name })
	.map((members): IDataObject => Object.fromEntries(members));

/** An expression, without its braces, that names a member of an item. */
export const member = fc
	.tuple(fc.constantFrom(...notations), fc.constantFrom(...NAMES))
	.map(([notation, name]) => notation(name));

/** Parameters of a dry run of Record that takes three fields from these expressions. */
export function toDryRun(expressions: string[]): INodeParameters {
	const [uniqueId, orderId, payout] = expressions.map((one) => `={{${one}}}`);
	return {
		clickId: 'click',
		offerId: 1,
		uniqueId,
		additionalFields: { orderId, payout, adv1: 'fixed' },
		options: { dryRun: true },
	};
}

/** The result of an item, without the remedy, which repeats the expression. */
export function describeResult(json: unknown): string {
	return JSON.stringify(json).replaceAll(/ Use \{\{.*?\}\}\./g, '');
}
