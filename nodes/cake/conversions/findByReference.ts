import { DateTime } from 'luxon';

import { addDays, toDayText, widenEnd } from '../dates';
import { CakeError, type FailureFacts } from '../errors';
import { groupBy } from '../groupBy';
import { keepOnly, readConversions, type ListResult } from './readConversions';
import { MAX_PAGE_SIZE } from '../paging/readAllPages';
import type { RequestContext } from '../transport/retry';
import { toReferenceKey } from './sameReference';
import type { Conversion, DateRange, Reference, Selection } from '../types';
import { isEmpty } from '../values';

/** The members of CAKE's rows that hold references. */
export const REFERENCE_MEMBERS: Record<Reference['by'], string> = {
	conversionId: 'conversion_id',
	orderId: 'order_id',
	clickId: 'click_id',
};

type Kind = Reference['by'];

const KINDS: readonly Kind[] = ['conversionId', 'orderId', 'clickId'];

/** The last `searchDays` days and today. */
export function toSearchRange(searchDays: number): DateRange {
	const today = toDayText(DateTime.utc());
	return { startDate: addDays(today, -searchDays), endDate: widenEnd(today) };
}

/** Undefined if `value` is neither text nor an exact number. Too long a number equals its neighbors. */
function toKey(by: Reference['by'], value: unknown): string | undefined {
	const isExact =
		typeof value === 'string' ||
		(typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value)));
	return isExact ? `${by} ${toReferenceKey(value)}` : undefined;
}

/** Whether a conversion has an ID that no reference equals, such as a number with lost digits. */
export function hasInexactReference({ row }: Conversion, by: Reference['by']): boolean {
	const value = row[REFERENCE_MEMBERS[by]];
	return !isEmpty(value) && toKey(by, value) === undefined;
}

function toKeys({ row }: Conversion, kinds: readonly Kind[] = KINDS): string[] {
	return kinds.flatMap((by) => toKey(by, row[REFERENCE_MEMBERS[by]]) ?? []);
}

/** The kinds of ID to look for. A number that is no conversion's ID may be an order number. */
function toWantedKinds({ by }: Reference): Kind[] {
	return by === 'conversionId' ? ['conversionId', 'orderId'] : [by];
}

/** The keys of rows to keep. */
function toWantedKeys(reference: Reference): string[] {
	return toWantedKinds(reference).flatMap((kind) => toKey(kind, reference.value) ?? []);
}

/** Finds near misses: references that differ only in case. */
function ignoreCase(key: string): string {
	return key.toLowerCase();
}

/** A conversion and one of its references. */
interface Keyed {
	key: string;
	conversion: Conversion;
}

/** The result of `findConversions`. */
export class FoundConversions {
	private readonly byNearKey: Map<string, Keyed[]>;

	/**
	 * @param facts added to each failure
	 * @param listKeys the keys under which a conversion can be found
	 */
	constructor(
		readonly list: ListResult,
		readonly selection: Selection,
		private readonly facts: FailureFacts = {},
		listKeys: (conversion: Conversion) => string[] = toKeys,
	) {
		const keyed = list.conversions.flatMap((conversion) =>
			listKeys(conversion).map((key) => ({ key, conversion })),
		);
		this.byNearKey = groupBy(keyed, ({ key }) => ignoreCase(key));
	}

	private find(key: string): Conversion[] {
		const near = this.byNearKey.get(ignoreCase(key)) ?? [];
		return near.filter((one) => one.key === key).map(({ conversion }) => conversion);
	}

	/**
	 * Returns the only conversion with a reference. References are compared exactly, since IDs of CRM
	 * systems may differ only in case.
	 * @throws CakeError `ambiguous`, or `notFound` with a reference that differs only in case, if any
	 */
	only(reference: Reference): Conversion {
		const key = toKey(reference.by, reference.value) ?? '';
		const conversions = this.find(key);
		const [conversion, ...others] = conversions;
		if (conversion && others.length === 0) return conversion;
		const searched = { ...this.selection, count: this.list.conversions.length };
		const facts = { ...this.facts, reference, searched };
		if (conversion) throw new CakeError('ambiguous', { ...facts, conversions });
		const near = this.byNearKey.get(ignoreCase(key)) ?? [];
		const nearConversions = near.map(({ conversion: one }) => one);
		const [nearest] = nearConversions;
		const nearReference = nearest && String(nearest.row[REFERENCE_MEMBERS[reference.by]]);
		const isOrderId = toWantedKeys(reference).some((one) => this.find(one).length > 0);
		throw new CakeError('notFound', { ...facts, nearReference, nearConversions, isOrderId });
	}
}

/**
 * Reads the selected conversions once and finds the ones with the given references. Of all others it
 * keeps only the ID.
 * @param mayKeep whether to keep the row of a conversion without a wanted reference, too
 * @throws CakeError if the list could not be read completely: in a list with gaps a conversion, or a
 * second one with the same reference, may be missing. NotSent if stopped.
 */
export async function findConversions(
	context: RequestContext,
	selection: Selection,
	references: Reference[],
	mayKeep: (conversion: Conversion) => boolean = () => false,
): Promise<FoundConversions> {
	const wanted = new Set(references.flatMap(toWantedKeys).map(ignoreCase));
	const kinds = [...new Set(references.flatMap(toWantedKinds))];
	const listWantedKeys = (one: Conversion) =>
		toKeys(one, kinds).filter((key) => wanted.has(ignoreCase(key)));
	const list = await readConversions(
		{ ...context, facts: { ...context.facts, searched: selection } },
		selection,
		{ startAtRow: 1, pageSize: MAX_PAGE_SIZE },
		{ reduceRow: keepOnly((one) => mayKeep(one) || listWantedKeys(one).length > 0) },
	);
	if (!list.isComplete) {
		const { conversions, reported } = list;
		const searched = { ...selection, count: conversions.length, reported };
		throw new CakeError('unavailable', { ...context.facts, case: 'incompleteList', searched });
	}
	return new FoundConversions(list, selection, context.facts, listWantedKeys);
}
