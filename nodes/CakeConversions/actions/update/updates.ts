import type { IDataObject } from 'n8n-workflow';

import { sameText } from '../../../cake/conversions/endpoints';
import type { Conversion, ConversionStatus } from '../../../cake/types';
import type { Search } from '../findBy';

/** A conversion and its current status. All items that change the conversion share one object. */
export interface TrackedConversion {
	conversionId: number;
	/** The row of CAKE's list; absent when the list was not read. */
	row?: IDataObject | undefined;
	/** The status after the changes this run has made so far; undefined when it is not known. */
	status?: IDataObject[string];
	/** The status as if the items with Dry Run had been sent too. */
	previewStatus?: IDataObject[string];
}

/** The values of one item. */
export interface Update {
	status: ConversionStatus;
	note?: string | undefined;
	onlyIfStatusIs?: string[] | undefined;
	/** CAKE's ID when the list need not be read, or else a search of the list. */
	subject: { conversionId: number } | Search;
	/** Set by `findConversions`. */
	tracked?: TrackedConversion;
}

export type UpdateResult = Conversion & { skipped?: string };

export function isSearch(subject: Update['subject']): subject is Search {
	return 'by' in subject;
}

export function getTracked({ tracked }: Update): TrackedConversion {
	if (!tracked) throw new Error('The conversion was not looked up');
	return tracked;
}

/** The reason to skip an item, if 'Only If Status Is' asks for it. */
export function getSkipReason({ onlyIfStatusIs }: Update, status: unknown): string | undefined {
	if (!onlyIfStatusIs || onlyIfStatusIs.some((one) => sameText(one, status))) return undefined;
	const wanted = onlyIfStatusIs.join(' or ');
	if (status === undefined) {
		return `Its status is not known, so the node cannot tell whether it is ${wanted}.`;
	}
	return `Its status is ${String(status)}, not ${wanted}.`;
}
