import {
	CONVERSION_STATUSES,
	type ConversionFilters,
	type ConversionStatus,
	type DateRange,
	type Reference,
} from '../../../cake/types';
import { InvalidValue, toBoolean, toText, trim } from '../../../cake/values';
import { readFields, type Fields } from '../../../shared/fields';
import { readIdFilters } from '../../../shared/filters';
import { readDateRange } from '../dateRange';
import type { RunSettings } from '../operation';
import { getDefaultWords } from './fields';

/** Each word for a decision. */
export type Words = Record<string, ConversionStatus>;

/** What all lines have in common, by the names of the fields. */
export interface Settings {
	matchBy: Reference['by'];
	/** The amount of CAKE to compare that of a line with. */
	compareWith: 'payout' | 'revenue';
	dateRange: DateRange;
	filters: ConversionFilters;
	includeMissing: boolean;
	options: {
		words: Words;
		/** Whether decisions that were made in CAKE may be changed. */
		isChangingBack: boolean;
	};
}

/** The fields that `Settings` are read from. */
const NAMES = [
	'matchBy',
	'compareWith',
	'dateRange',
	'filters',
	'includeMissing',
	'options',
] as const;
const RAW_NAMES = [...NAMES, 'startDate', 'endDate'] as const;

/** The form in which words for a decision are compared. */
export function toDecisionWord(value: string): string {
	return trim(value).normalize('NFC').toLowerCase();
}

function toWords(value: unknown): string[] {
	return toText(value).split(',').map(toDecisionWord).filter(Boolean);
}

/** @throws InvalidField for a word with two meanings */
function readWords(options: Fields): Words {
	const words = new Map<string, ConversionStatus>();
	for (const status of CONVERSION_STATUSES) {
		const name = `${status}Words`;
		const whenAbsent = options.isAddedEmpty(name) ? [] : toWords(getDefaultWords(status));
		for (const word of options.optional(name, toWords) ?? whenAbsent) {
			const other = words.get(word);
			if (other && other !== status) {
				const accepted = `Words that mean one decision. "${word}" means ${other}, too.`;
				throw options.toRefusal(
					name,
					new InvalidValue('has a word with two meanings', word, accepted),
				);
			}
			words.set(word, status);
		}
	}
	return Object.fromEntries(words);
}

/** @throws InvalidField */
export function readSettings(item: Fields, { timezone, now, isTool }: RunSettings): Settings {
	const options = item.members('options');
	return readFields<Settings>({
		matchBy: () => item.choice('matchBy', 'a way') as Settings['matchBy'],
		compareWith: () =>
			item.isLeftEmpty('amount')
				? 'revenue'
				: (item.choice('compareWith', 'an amount') as Settings['compareWith']),
		dateRange: () => readDateRange(item, timezone, now),
		filters: () => readIdFilters(item.members('filters')),
		// An agent asks about one line. All other conversions would be missing from its list.
		includeMissing: () => !isTool && item.required('includeMissing', toBoolean),
		options: () => ({
			words: readWords(options),
			isChangingBack: options.requiredIfAdded('changeBack', toBoolean) ?? false,
		}),
	});
}

/** The values of the fields before they are read. A fixed field has the same value for each item. */
export function readRawSettings(item: Fields): unknown[] {
	return RAW_NAMES.map((name) => item.get(name));
}

/**
 * One read of CAKE's list serves all lines, so they have the settings of the first.
 * @throws InvalidField that names the first field whose value is another one
 */
export function refuseDifferences(item: Fields, given: Settings, first: Settings): void {
	const name = NAMES.find((one) => JSON.stringify(given[one]) !== JSON.stringify(first[one]));
	if (!name) return;
	const accepted =
		'One value for all lines, as they are compared together. Enter it without an expression, or use a node for each value.';
	const invalid = new InvalidValue('is not the same for all lines', item.get(name), accepted);
	throw item.toRefusal(name, invalid);
}
