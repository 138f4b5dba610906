import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';

import { GROUPINGS, Totals, type Grouping } from '../../../../nodes/cake/conversions/totals';
import { formatDecimal } from '../../../../nodes/cake/decimals';
import { chooseCount } from '../../../support/scale.mts';

/** Sums rows as the operation does: each is reduced as soon as it is read. */
function total(rows: IDataObject[], groupings: Grouping[] = []) {
	const totals = new Totals(groupings);
	return totals.sum(rows.map((row, id) => ({ id, row: totals.reduceRow({ id, row }) })));
}

/** Cents as text with two decimals. */
function write(cents: bigint): string {
	const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
	return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const cents = fc.oneof(
	fc.constantFrom(500n, 1200n, 0n),
	fc.bigInt({ min: -(10n ** 6n), max: 10n ** 10n }),
);

/** An amount in each form that a row may have it in, with its cents if it is one. */
const amount = fc.oneof(
	cents.map((units) => ({ units, value: Number(write(units)) })),
	cents.map((units) => ({ units, value: write(units) })),
	cents.map((units) => ({ units, value: ` ${write(units)}00000000 ` })),
	fc
		.constantFrom(undefined, null, '', '$5', '1,000.00')
		.map((value) => ({ units: undefined, value })),
);

const day = fc
	.integer({ min: Date.parse('2023-12-20'), max: Date.parse('2025-01-10') })
	.map((ms) => new Date(ms).toISOString().slice(0, 10));

/** A conversion as the model has it, and the row in which CAKE shows it. */
const conversion = fc
	.record({
		payout: amount,
		revenue: amount,
		status: fc.constantFrom('approved', 'rejected', 'scrubbed', null),
		offer: fc.constantFrom(9, 10, null),
		affiliate: fc.constantFrom(7, 8),
		advertiser: fc.constantFrom(3, null),
		day: fc.option(day),
		currency: fc.constantFrom('EUR', 'USD', null),
		form: fc.nat(2),
	})
	.map((model) => {
		const [id, status, date] = [
			[model.offer, model.offer && String(model.offer), model.offer],
			[model.status, model.status?.toUpperCase(), model.status && ` ${model.status} `],
			[`${model.day}T23:59:59Z`, `${model.day} 00:00:00`, model.day],
		].map((forms) => forms[model.form]);
		const row: IDataObject = {
			...{ payout: model.payout.value, revenue: model.revenue.value },
			...(model.form === 2 ? { offer: { id, name: 'Solar' } } : { offer_id: id }),
			...{ affiliate_id: model.affiliate, conversion_status: status },
			...(model.advertiser !== null && { advertiser_id: model.advertiser }),
			...{ conversion_date: model.day === null ? 'soon' : date },
			...(model.currency !== null && { currency: model.form ? model.currency : ' usd '.trim() }),
		};
		const currency = model.currency === null || model.form ? model.currency : 'USD';
		return { ...model, currency, row };
	});

type Model = typeof conversion extends fc.Arbitrary<infer T> ? T : never;

const readers: Record<Grouping, (model: Model) => unknown> = {
	advertiser: (model) => model.advertiser,
	affiliate: (model) => model.affiliate,
	day: (model) => model.day,
	month: (model) => model.day?.slice(0, 7) ?? null,
	offer: (model) => model.offer,
	status: (model) => model.status,
	week: (model) =>
		model.day && DateTime.fromISO(model.day, { zone: 'utc' }).startOf('week').toISODate(),
};

/** The naive model: filters all conversions again for each group, in whole cents. */
function sumNaively(conversions: Model[], groupings: Grouping[]): Set<string> {
	const toGroup = (one: Model) =>
		JSON.stringify([...groupings.map((name) => readers[name](one)), one.currency]);
	const groups = [...new Set(conversions.map(toGroup))];
	return new Set(
		groups.map((group) => {
			const own = conversions.filter((one) => toGroup(one) === group);
			const sum = (member: 'payout' | 'revenue') =>
				own.reduce((all, one) => all + (one[member].units ?? 0n), 0n);
			const lacks = ({ payout, revenue }: Model) =>
				payout.units === undefined || revenue.units === undefined;
			return JSON.stringify([
				...[group, own.length, own.filter(({ status }) => status === 'rejected').length],
				...[Number(sum('payout')), Number(sum('revenue')), own.filter(lacks).length],
			]);
		}),
	);
}

describe('Totals', () => {
	it('equal the exact sums of a naive model, for any rows and groupings', () => {
		const groupings = fc
			.subarray([...GROUPINGS])
			.chain((some) =>
				fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
			);
		fc.assert(
			fc.property(fc.array(conversion, { maxLength: 60 }), groupings, (conversions, chosen) => {
				fc.pre(conversions.length > 0);
				const groups = total(
					conversions.map(({ row }) => row),
					chosen,
				);
				const toCents = (text: string) => Math.round(Number(text) * 100);
				const found = groups.map(({ values, ...one }) => {
					const { currency = null, ...named } = values;
					return JSON.stringify([
						JSON.stringify([...Object.values(named), currency]),
						...[one.conversions, one.rejected],
						...[toCents(formatDecimal(one.payout)), toCents(formatDecimal(one.revenue))],
						one.withoutAmount,
					]);
				});
				expect(new Set(found)).toEqual(sumNaively(conversions, chosen));
				expect(found).toHaveLength(new Set(found).size);
			}),
			{ numRuns: chooseCount(200, 2_000) },
		);
	});

	it('sums without a rounding error', () => {
		const rows = Array.from({ length: 1000 }, () => ({ payout: 0.1, revenue: '0.0000000001' }));
		const [{ payout, revenue }] = total(rows);
		expect([payout, revenue].map(formatDecimal)).toEqual(['100', '0.0000001']);
	});

	it('sorts by the values of the groups, numbers by size, and those without one last', () => {
		const rows = [
			{ offer_id: 10, conversion_status: 'pending' },
			{ offer_id: null, conversion_status: 'approved' },
			{ offer_id: 'x1', conversion_status: 'approved' },
			{ offer_id: '9', conversion_status: 'rejected' },
			{ offer_id: 9, conversion_status: 'approved' },
		];
		const order = (...groupings: Grouping[]) =>
			total(rows, groupings).map(({ values }) => Object.values(values).join(' '));
		const byOffer = ['9 approved', '9 rejected', '10 pending', 'x1 approved', ' approved'];
		expect(order('offer', 'status')).toEqual(byOffer);
		rows.reverse();
		expect(order('offer', 'status')).toEqual(byOffer);
		expect(order('status', 'offer')[0]).toBe('approved 9');
	});

	it('never adds up two currencies, whichever member has them', () => {
		const toRow = (more: IDataObject) => ({ payout: 1, revenue: 2, ...more });
		const rows = [{ currency: 'EUR' }, { currency_id: 2 }, {}, { currency: 'eur' }];
		const groups = total(rows.map(toRow));
		expect(groups.map(({ values, conversions }) => [values, conversions])).toEqual([
			[{ currency: 'EUR' }, 2],
			[{ currency_id: 2 }, 1],
			[{}, 1],
		]);
	});

	it('counts a conversion that was read twice once, as it was read last', () => {
		const totals = new Totals(['status']);
		const read = (id: number, status: string) => {
			const row = { payout: 5, revenue: 9, conversion_status: status };
			return { id, row: totals.reduceRow({ id, row }) };
		};
		const [, other, last] = [read(1, 'pending'), read(2, 'approved'), read(1, 'approved')];
		expect(totals.sum([other, last])).toMatchObject([
			{ values: { conversion_status: 'approved' }, conversions: 2 },
		]);
	});

	it('gives one total of nothing without a grouping, and none with one', () => {
		expect(total([])).toMatchObject([{ values: {}, conversions: 0, rejected: 0 }]);
		expect(total([], ['day'])).toEqual([]);
	});

	it('sums rows with more kinds of amounts than it shares', () => {
		const rows = Array.from({ length: 25_000 }, (_, index) => ({
			payout: index / 100,
			revenue: String(index),
		}));
		const [{ payout, revenue, conversions }] = total([...rows, ...rows]);
		const expected = [formatDecimal(payout), formatDecimal(revenue), conversions];
		expect(expected).toEqual(['6249750', '624975000', 50_000]);
	});
});
