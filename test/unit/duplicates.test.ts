import { DUPLICATE_PHRASES, saysDuplicate } from '../../nodes/cake/duplicates';

/** What systems of this kind say of a known ID; each line matches the phrase at its place. */
const EXAMPLES: Array<[yes: string[], no: string[]]> = [
	[
		['Duplicate unique_id: TXN-1', 'duplicated conversion', 'This is a DUPLICATE.'],
		['Invalid Offer', 'unduplicatedfield', 'duplicateswitch is off'],
	],
	[
		[
			'The transaction has already been recorded',
			'Conversion already exists',
			'This ID is already in use',
		],
		['already expired', 'The campaign was already inactive', 'recorded already too late'],
	],
	[
		[
			'Unique ID TXN-1 exists',
			'unique_id must be unique',
			'transaction id has been used',
			'Unique ID already processed',
			'The UniqueID X is known',
		],
		['Unique ID is too long', 'Transaction ID is missing', 'The campaign exists no more'],
	],
];

describe('saysDuplicate', () => {
	it('has examples for every phrase', () => {
		expect(EXAMPLES).toHaveLength(DUPLICATE_PHRASES.length);
	});

	describe.each(DUPLICATE_PHRASES.map((phrase, i) => ({ phrase, i })))(
		'$phrase',
		({ phrase, i }) => {
			const [yes, no] = EXAMPLES[i];

			it.each(yes)('knows %p', (words) => {
				expect([phrase.test(words), saysDuplicate(words)]).toEqual([true, true]);
			});

			it.each(no)('does not take %p for it', (words) => {
				expect([phrase.test(words), saysDuplicate(words)]).toEqual([false, false]);
			});
		},
	);

	it.each([
		'',
		'Invalid API Key',
		'Invalid Offer ID: 12345',
		'Inactive Offer: 12345',
		'Click Not Found: abc123',
		'Inactive Click: abc123',
		'Click Expired: abc123',
		'Click does not belong to Offer 12345: abc123',
		'Conversion Not Found: 4456789',
		'Unknown parameter: unique_id',
		'Missing parameter: offer_id',
		'Parameter given twice: order_id',
		'Too many requests',
		'Restricted',
		'This click has already converted',
		'Click already used',
		'Duplicate click',
		'Duplicate order ID for this offer',
		'Order already processed',
		'Duplicate request detected, conversion not stored',
	])('takes %p for another refusal', (words) => expect(saysDuplicate(words)).toBe(false));
});
