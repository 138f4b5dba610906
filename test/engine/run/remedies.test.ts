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
	['payout', '$12.00', '12.00'],
	['payout', '12.00 EUR', '12.00'],
	['conversionDate', '31.12.2025', noon('2025-12-31')],
	['conversionDate', '12/31/2025', noon('2025-12-31')],
	['conversionDate', '31/12/2025', noon('2025-12-31')],
	['conversionDate', 46_022, '2025-12-31T00:00:00Z'],
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
		['payout', '1.2.3'],
		['payout', 'five'],
		['conversionDate', '32.13.2025 noon'],
		['conversionDate', 'last Friday'],
	])('is left out for %s %p, which may mean several things', async (field, value) => {
		const { error } = await record(field, '={{ $json.cell }}', { cell: value });
		expect(error?.description).not.toMatch(/Use \{\{|Enter .* instead/);
	});

	it('is left out of what an AI agent fills in, and the agent is told the value', async () => {
		const raw = "={{ $fromAI('payout') || '12,5' }}";
		const { error } = await record('payout', raw, {});
		expect(error?.description).toContain('Enter 12.5 instead.');
	});
});
