import { DateTime } from 'luxon';

import { foldText } from './conversions';
import { addDays, toDayText, widenEnd } from './dates';
import { asError, CakeError } from './errors';
import { readConversions, type ListResult } from './list';
import { MAX_PAGE_SIZE } from './pages';
import type { Line } from './retry';
import type { Conversion, DateRange, Reference, Selection } from './types';

/** What others know a conversion by, and the member of CAKE's rows that holds it. */
const REFERENCE_MEMBERS = { orderId: 'order_id', clickId: 'click_id' } as const;

const KINDS = Object.keys(REFERENCE_MEMBERS) as Array<Reference['by']>;

/** The last `searchDays` days and today. */
export function searchRange(searchDays: number): DateRange {
	const today = toDayText(DateTime.utc());
	return { startDate: addDays(today, -searchDays), endDate: widenEnd(today) };
}

/** Undefined for what is no reference; a number too long to be exact stands for its neighbours, too. */
function keyOf(by: Reference['by'], value: unknown): string | undefined {
	const isExact =
		typeof value === 'string' ||
		(typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value)));
	return isExact ? `${by} ${foldText(value)}` : undefined;
}

function keysOf({ row }: Conversion): string[] {
	return KINDS.flatMap((by) => keyOf(by, row[REFERENCE_MEMBERS[by]]) ?? []);
}

/** The conversions that have the references a list was read for. */
export class FoundConversions {
	private readonly byKey = new Map<string, Conversion[]>();

	constructor(
		readonly list: ListResult,
		readonly selection: Selection,
	) {
		for (const conversion of list.conversions) {
			for (const key of keysOf(conversion)) {
				const others = this.byKey.get(key);
				if (others) others.push(conversion);
				else this.byKey.set(key, [conversion]);
			}
		}
	}

	/**
	 * The one and only conversion of a reference, whatever its case and the space around it.
	 * @throws CakeError `notFound` or `ambiguous`
	 */
	only(reference: Reference): Conversion {
		const conversions = this.byKey.get(keyOf(reference.by, reference.value) ?? '') ?? [];
		const [conversion, ...others] = conversions;
		const searched = { ...this.selection, count: this.list.conversions.length };
		if (!conversion) throw new CakeError('notFound', { reference, searched });
		if (others.length === 0) return conversion;
		throw new CakeError('ambiguous', { reference, searched, conversions });
	}
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
	let list: ListResult;
	try {
		list = await readConversions(
			line,
			selection,
			{ startAtRow: 1, pageSize: MAX_PAGE_SIZE },
			{ keeps: (conversion) => keysOf(conversion).some((key) => wanted.has(key)) },
		);
	} catch (error) {
		throw error instanceof CakeError ? error.with({ searched: selection }) : asError(error);
	}
	if (!list.isComplete) {
		const { conversions, reported } = list;
		const searched = { ...selection, count: conversions.length, reported };
		throw new CakeError('unavailable', { case: 'incompleteList', searched });
	}
	return new FoundConversions(list, selection);
}
