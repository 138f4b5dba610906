import * as fc from 'fast-check';

import type { Page } from '../../../../nodes/cake/account/accountReader';
import { checkEndDate } from '../../../../nodes/cake/account/endDate';
import type { Sample } from '../../../../nodes/cake/account/sample';
import { addDays } from '../../../../nodes/cake/dates';
import type { ConversionFilters, DateRange } from '../../../../nodes/cake/types';
import { chooseCount } from '../../../support/scale.mts';

const TODAY = '2026-03-20';
const RANGE = { startDate: addDays(TODAY, -30), endDate: addDays(TODAY, 2) };
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

interface Row {
	id: number;
	/** Epoch milliseconds. */
	at: number;
	offerId: number;
}

/** `upToMidnight`: the list ends at the moment at which the end date begins, and includes it. */
type Rule = 'included' | 'excluded' | 'upToMidnight' | 'startIgnored' | 'endIgnored';
const TRUTH: Record<Rule, string> = {
	included: 'yes',
	excluded: 'no',
	upToMidnight: 'no',
	startIgnored: 'undecided',
	endIgnored: 'undecided',
};

interface Account {
	rule: Rule;
	rows: Row[];
	/** Minutes between the account's days and UTC, and between its written dates and UTC. */
	dayOffset: number;
	writtenOffset: number;
	/** The most rows that a page has. */
	pageSize: number;
	/** Before each request, this many rows come, and sometimes one goes away. */
	changes: number[];
}

const offsets = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);

/** Many at midnight of some zone, and many on neighboring days. */
const createRows = (dayOffset: number): fc.Arbitrary<Row[]> =>
	fc.uniqueArray(
		fc.record({
			id: fc.integer({ min: 1, max: 1_000_000 }),
			at: fc
				.tuple(
					fc.integer({ min: 0, max: 6 }),
					fc.oneof(fc.constant(-dayOffset * MINUTE_MS), fc.integer({ min: 0, max: DAY_MS - 1 })),
				)
				.map(([days, time]) => Date.parse('2026-03-14') + days * DAY_MS + time),
			offerId: fc.integer({ min: 1, max: 2 }),
		}),
		{ selector: ({ id }) => id, maxLength: 60 },
	);

const accounts: fc.Arbitrary<Account> = offsets.chain((dayOffset) =>
	fc.record({
		rule: fc.constantFrom<Rule[]>(
			...(['included', 'excluded', 'upToMidnight', 'startIgnored', 'endIgnored'] as const),
		),
		rows: createRows(dayOffset),
		dayOffset: fc.constant(dayOffset),
		writtenOffset: fc.oneof(fc.constant(dayOffset), fc.constant(0), offsets),
		pageSize: fc.constantFrom(3, 8, 40),
		changes: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }),
	}),
);

/** CAKE's list, as such an account gives it. */
function createReader(account: Account) {
	const { rule, dayOffset, writtenOffset, pageSize } = account;
	let held = [...account.rows];
	let nextId = 2_000_000;
	const changes = [...account.changes];
	const startOf = (day: string) => Date.parse(day) - dayOffset * MINUTE_MS;
	const isListed = ({ at }: Row, { startDate, endDate }: DateRange) => {
		const end = startOf(rule === 'included' ? addDays(endDate, 1) : endDate);
		const isBefore = rule === 'upToMidnight' ? at <= end : at < end;
		return (
			(rule === 'startIgnored' || at >= startOf(startDate)) && (rule === 'endIgnored' || isBefore)
		);
	};
	const toText = (at: number) =>
		new Date(at + writtenOffset * MINUTE_MS).toISOString().slice(0, 19).replace('T', ' ');
	return {
		async readPage(range: DateRange, filters: ConversionFilters = {}): Promise<Page> {
			const count = changes.shift() ?? 0;
			const added = held.slice(-count).map((row) => ({ ...row, id: nextId++ }));
			if (count > 0) held = [...added, ...held.slice(count % 2)];
			const conversions = held
				.filter((row) => isListed(row, range))
				.filter(({ offerId }) => filters.offerId === undefined || filters.offerId === offerId)
				.slice(0, pageSize)
				.map(({ id, at, offerId }) => ({
					id,
					row: { conversion_id: id, conversion_date: toText(at), offer_id: offerId },
				}));
			return { conversions, startAtRow: 1, ms: 1 };
		},
	};
}

async function readVerdict(account: Account): Promise<string> {
	const reader = createReader(account);
	const page = await reader.readPage(RANGE);
	const sample: Sample = { range: RANGE, rows: page.conversions, pages: [page], isWhole: false };
	return (await checkEndDate(reader, sample)).result;
}

describe('whether the end date counts', () => {
	it('is never judged wrong, in any zones, at midnight, and while others write', async () => {
		const verdicts = new Set<string>();
		await fc.assert(
			fc.asyncProperty(accounts, async (account) => {
				const verdict = await readVerdict(account);
				verdicts.add(verdict);
				expect(['undecided', TRUTH[account.rule]]).toContain(verdict);
			}),
			{ numRuns: chooseCount(2_000, 10_000) },
		);
		expect([...verdicts].sort()).toEqual(['no', 'undecided', 'yes']);
	});

	it.each<[Rule, string]>([
		['included', 'yes'],
		['excluded', 'no'],
		['upToMidnight', 'no'],
	])('is decided by a single conversion: %s', async (rule, verdict) => {
		const rows = [{ id: 7, at: Date.parse('2026-03-15T14:07:31Z'), offerId: 1 }];
		for (const dayOffset of [-720, 0, 345, 840]) {
			const account = { rule, rows, dayOffset, writtenOffset: 0, pageSize: 40, changes: [] };
			expect(await readVerdict(account)).toBe(verdict);
		}
	});
});
