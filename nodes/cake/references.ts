import { DateTime } from 'luxon';

import { conversionIdOf, foldText } from './conversions';
import { asError, CakeError } from './errors';
import { describeSelection, readConversions, type ListResult, type Selection } from './list';
import { DAYS_AFTER } from './lookUp';
import { MAX_PAGE_SIZE } from './pages';
import type { Line } from './retry';
import type { ConversionRow, DateRange } from './types';

/** What others know a conversion by, and the member of CAKE's rows that holds it. */
const REFERENCES = {
	orderId: { member: 'order_id', label: 'Order ID' },
	clickId: { member: 'click_id', label: 'Click ID' },
} as const;

const KINDS = Object.keys(REFERENCES) as Array<keyof typeof REFERENCES>;

/** An order ID or a click ID, in place of CAKE's own conversion ID. */
export interface Reference {
	by: keyof typeof REFERENCES;
	value: string;
}

/** So many conversions are named where several were found. */
const MAX_NAMED = 20;

/**
 * The days to look through: the last so many before today, and some after, since neither CAKE's zone
 * nor whether it counts the end date in is known.
 * @param now the present
 */
export function searchRange(searchDays: number, now: DateTime): DateRange {
	const today = now.toUTC();
	return {
		startDate: today.minus({ days: searchDays }).toFormat('yyyy-MM-dd'),
		endDate: today.plus({ days: DAYS_AFTER }).toFormat('yyyy-MM-dd'),
	};
}

/** Undefined for what is no reference; a number too long to be exact stands for its neighbours, too. */
function keyOf(by: Reference['by'], value: unknown): string | undefined {
	const isExact =
		typeof value === 'string' ||
		(typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value)));
	return isExact ? `${by} ${foldText(value)}` : undefined;
}

function keysOf(row: ConversionRow): string[] {
	return KINDS.flatMap((by) => keyOf(by, row[REFERENCES[by].member]) ?? []);
}

/** What CAKE's list holds for the references it was read for. */
export class FoundConversions {
	private readonly byKey = new Map<string, ConversionRow[]>();

	/**
	 * @param where the days and filters, and how many conversions were looked through
	 * @param pages how many requests that took
	 */
	constructor(
		rows: ConversionRow[],
		readonly where: string,
		readonly pages: number,
	) {
		for (const row of rows) {
			for (const key of keysOf(row)) {
				const others = this.byKey.get(key);
				if (others) others.push(row);
				else this.byKey.set(key, [row]);
			}
		}
	}

	/**
	 * The one and only conversion of a reference, whatever its case and the space around it.
	 * @throws CakeError `notFound` or `ambiguous`
	 */
	only(reference: Reference): ConversionRow {
		const { by, value } = reference;
		const rows = this.byKey.get(keyOf(by, value) ?? '') ?? [];
		const [row, ...others] = rows;
		const { label } = REFERENCES[by];
		if (!row) {
			throw new CakeError('notFound', {
				message: `No conversion with this '${label}' was found`,
				seen: `"${value}" is not among the ${this.where}.`,
			});
		}
		if (others.length === 0) return row;
		const named = rows.slice(0, MAX_NAMED);
		const rest = rows.length - named.length;
		const list = named.map(describe).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
		throw new CakeError('ambiguous', {
			message: `Several conversions have this '${label}'`,
			seen: `"${value}" is that of ${list}, among the ${this.where}. None of them was changed.`,
			conversionIds: named.flatMap((one) => conversionIdOf(one) ?? []),
			...(!canBeFiltered(rows) && {
				nextStep: "No filter tells them apart: choose one, and update it by 'Conversion ID'.",
			}),
		});
	}
}

function describe(row: ConversionRow): string {
	const day = String(row.conversion_date).slice(0, 10);
	return `${String(row.conversion_id)} (${day}, offer ${String(row.offer_id)}, affiliate ${String(row.affiliate_id)}, payout ${String(row.payout)}, ${String(row.conversion_status)})`;
}

/** Whether a filter of the form could let some of them through and not the others. */
function canBeFiltered(rows: ConversionRow[]): boolean {
	return (['advertiser_id', 'affiliate_id', 'offer_id'] as const).some(
		(name) => new Set(rows.map((row) => String(row[name]))).size > 1,
	);
}

/**
 * Reads the selected conversions once, and finds those of the given references. Of all others no more
 * than the ID is held.
 * @throws CakeError when the list could not be read, or not completely: a list with gaps proves
 * neither that there is one conversion nor that there is none; NotStarted when stopped
 */
export async function findConversions(
	line: Line,
	selection: Selection,
	references: Reference[],
): Promise<FoundConversions> {
	const wanted = new Set(references.map(({ by, value }) => keyOf(by, value)));
	let result: ListResult;
	try {
		result = await readConversions(
			line,
			selection,
			{ startAtRow: 1, pageSize: MAX_PAGE_SIZE },
			{
				keep: (row) =>
					keysOf(row).some((key) => wanted.has(key)) ? row : { conversion_id: row.conversion_id },
			},
		);
	} catch (error) {
		throw error instanceof CakeError ? whileLooking(error, selection) : asError(error);
	}
	const count = result.rows.length;
	if (!result.isComplete) {
		const reported = result.reported === undefined ? '' : ` of ${result.reported}`;
		throw new CakeError('unavailable', {
			message: 'The conversions to look through could not be read completely',
			seen: `${count}${reported} were read ${describeSelection(selection)}. Nothing was changed.`,
			nextStep: "Try again, or look through fewer with a filter or 'Search Days' under Options.",
		});
	}
	const where = `${count} conversions ${describeSelection(selection)}`;
	return new FoundConversions(result.rows, where, result.pages);
}

/** The same failure, saying that it met the look-up and no change. */
function whileLooking(error: CakeError, selection: Selection): CakeError {
	const what = `The conversions ${describeSelection(selection)} were being looked through, so nothing was changed.`;
	return new CakeError(error.kind, {
		...error,
		message: error.message,
		seen: [what, error.seen].filter(Boolean).join(' '),
	});
}
