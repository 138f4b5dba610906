import type { IDataObject } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';

const cake = useCake();

const FIELDS = { payout: 'Payout', conversionDate: 'Conversion Date' } as const;
type Field = keyof typeof FIELDS;

const WIRE_NAMES: Record<Field, string> = { payout: 'payout', conversionDate: 'conversion_date' };

/** Records a sale with one field, filled in as given. */
async function record(field: Field, raw: string, item: IDataObject) {
	const [{ clickId, offerId }] = cake.account.freshClicks(1);
	return await cake.record(
		{
			clickId,
			offerId,
			uniqueId: `={{ "${field}" + $now.toMillis() }}`,
			additionalFields: { [field]: raw },
		},
		{ items: [item], timezone: 'UTC' },
	);
}

const noon = (day: string) => `${day}T12:00:00Z`;

/** What another program gives, and what CAKE is to be sent. */
const CASES: Array<[Field, unknown, string]> = [
	['payout', '12,5', '12.5'],
	['payout', '-3,50', '-3.50'],
	['payout', '1,234.50', '1234.50'],
	['payout', '1.234,50', '1234.50'],
	['payout', '1 234,50', '1234.50'],
	['payout', "1'234.50", '1234.50'],
	['payout', '$12.00', '12.00'],
	['payout', '12.00 EUR', '12.00'],
	['payout', '12,50 €', '12.50'],
	['payout', '$1,234.50', '1234.50'],
	['conversionDate', '31.12.2025', noon('2025-12-31')],
	['conversionDate', '31.12.2025 14:30', '2025-12-31T14:30:00Z'],
	['conversionDate', '12/31/2025', noon('2025-12-31')],
	['conversionDate', '31/12/2025', noon('2025-12-31')],
	['conversionDate', '31-12-2025', noon('2025-12-31')],
	['conversionDate', '2025/12/31', noon('2025-12-31')],
	['conversionDate', 46_022, noon('2025-12-31')],
	['conversionDate', '36526', noon('2000-01-01')],
	['conversionDate', '46022.5', '2025-12-31T12:00:00Z'],
	['conversionDate', 1_767_182_400, '2025-12-31T12:00:00Z'],
	['conversionDate', '1767182400000', '2025-12-31T12:00:00Z'],
];

describe('the expression that a refusal suggests', () => {
	it.each(CASES)('mends %s %p, and CAKE is sent %s', async (field, value, sent) => {
		const refused = await record(field, '={{ $json.cell }}', { cell: value as string });
		expect(refused.error?.message).toMatch(`'${FIELDS[field]}'`);
		const [, remedy = ''] = /Use (\{\{.*?\}\})\./.exec(String(refused.error?.description)) ?? [];
		expect(remedy).toContain('$json.cell');
		expect(cake.requests).toBe(0);
		const mended = await record(field, `=${remedy}`, { cell: value as string });
		expect(mended.status).toBe('success');
		expect(cake.sent('record')).toMatchObject([{ [WIRE_NAMES[field]]: sent }]);
	});

	it.each(CASES.filter(([, value]) => typeof value === 'string'))(
		'gives the right value for %s %p that was typed into the form',
		async (field, value, sent) => {
			const refused = await record(field, String(value), {});
			const [, corrected = ''] =
				/Enter (.*?) instead\./.exec(String(refused.error?.description)) ?? [];
			await record(field, corrected, {});
			expect(cake.sent('record')).toMatchObject([{ [WIRE_NAMES[field]]: sent }]);
		},
	);

	it.each<[Field, string]>([
		['payout', '1,234'],
		['payout', '1.234 €'],
		['payout', '−3.50'],
		['payout', '(5.00)'],
		['payout', 'SO-1063'],
		['payout', 'Order 12345'],
		['payout', '5%'],
		['payout', '1.2.3'],
		['payout', 'five'],
		['conversionDate', '05/06/2025'],
		['conversionDate', '31.02.2025'],
		['conversionDate', '9999999999'],
		['conversionDate', '32.13.2025 noon'],
		['conversionDate', 'last Friday'],
	])('is left out for %s %p, which may mean several things', async (field, value) => {
		const { error } = await record(field, '={{ $json.cell }}', { cell: value });
		expect(error?.description).not.toMatch(/Use \{\{|Enter .* instead/);
	});

	it.each(['={{ $json.cell; }}', '={{ $json.cell // price }}', '=$ {{ $json.cell }}', '= 12,5'])(
		'is left out for the expression %s, which it cannot extend',
		async (raw) => {
			const { error } = await record('payout', raw, { cell: '12,5' });
			expect(error?.description).not.toMatch(/Use \{\{|Enter .* instead/);
		},
	);

	it.each<[Field, string, string[]]>([
		['payout', '12,50 €', ['12.50', '1,234', '1.234,5x', 'SO-7', '12,5,0']],
		['payout', '1,234.50', ['12.50', '12,50', '1234', '1,23']],
		['payout', '1.234,50', ['12.50', '1.2.3', '-7']],
		['conversionDate', '31.12.2025', ['2025-12-30', '30/12/2025', '31.02.2025', 'soon']],
		['conversionDate', '12/31/2025', ['2025-12-30', '31/12/2025']],
	])('leaves other values as they are: that for %s %p', async (field, first, others) => {
		const refused = await record(field, '={{ $json.cell }}', { cell: first });
		const [, remedy = ''] = /Use (\{\{.*?\}\})\./.exec(String(refused.error?.description)) ?? [];
		for (const cell of others) {
			const [bare, mended] = [
				await record(field, '={{ $json.cell }}', { cell }),
				await record(field, `=${remedy}`, { cell }),
			];
			expect([cell, mended.status]).toEqual([cell, bare.status]);
		}
		const sent = cake.sent('record').map((one) => one[WIRE_NAMES[field]]);
		for (let at = 0; at < sent.length; at += 2) expect(sent[at + 1]).toEqual(sent[at]);
	});

	it('is left out of what an AI agent fills in, and the agent is told the value', async () => {
		const raw = "={{ $fromAI('payout') || '12,5' }}";
		const { error } = await record('payout', raw, {});
		expect(error?.description).toContain('Enter 12.5 instead.');
	});
});
