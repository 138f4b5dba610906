import type { IDataObject } from 'n8n-workflow';

import { sameText, updateConversion } from '../../cake/conversions';
import { sendWithRetries, type Line } from '../../cake/retry';
import type { CakeCall, Conversion, ConversionStatus } from '../../cake/types';
import { previewCall } from './dryRun';

/** What an item wants of a conversion. */
export interface Change {
	status: ConversionStatus;
	note?: string;
}

/** Setting a status again changes nothing, but for the note that comes with it. */
function isCalledFor({ status, note }: Change, present: unknown): boolean {
	return note !== undefined || !sameText(present, status);
}

/**
 * A conversion that items of this run change, one after the other: the same object for all of them,
 * so that each is judged on what those before have made of it.
 */
export class Target {
	/** The status it has by now, changes of this run included; undefined when nobody knows. */
	private status: unknown;

	/** The same, had the items that are a dry run been none. */
	private previewed: unknown;

	/** @param row as CAKE's list has it, where it was looked up */
	constructor(
		readonly conversionId: number,
		private readonly row?: IDataObject,
	) {
		this.status = row?.conversion_status;
		this.previewed = this.status;
	}

	/**
	 * Sets the status, and gives CAKE's own conversion.
	 * @throws CakeError
	 */
	async set(change: Change, line: Line): Promise<Conversion> {
		// Until CAKE has answered, nobody knows; if it does not, the next change of it is sent anyway.
		this.status = undefined;
		this.previewed = undefined;
		const conversion = await sendWithRetries(line, this.callFor(change));
		this.status = conversion.row.conversion_status;
		this.previewed = this.status;
		return conversion;
	}

	/** What `set` would send. */
	preview(change: Change): IDataObject {
		this.previewed = change.status;
		return previewCall(this.callFor(change));
	}

	/**
	 * Sets the status unless it has it already and there is no note to add, and gives the row that was
	 * looked up, with its new status and the one before.
	 * @throws CakeError
	 */
	async setUnlessSet(change: Change, line: Line): Promise<Conversion> {
		const before = this.status;
		if (isCalledFor(change, before)) await this.set(change, line);
		return { id: this.conversionId, row: this.changedRow(before, this.status) };
	}

	/** What `setUnlessSet` would give and send. */
	previewUnlessSet(change: Change): IDataObject {
		const before = this.previewed;
		const preview = isCalledFor(change, before) ? this.preview(change) : previewCall();
		return { ...this.changedRow(before, this.previewed), ...preview };
	}

	private callFor({ status, note }: Change): CakeCall<Conversion> {
		return updateConversion({ conversionId: this.conversionId, status, note });
	}

	/** Null is the status before where an earlier change of this run got no clear answer. */
	private changedRow(before: unknown, after: unknown): IDataObject {
		const statuses = { conversion_status: after, previous_status: before ?? null };
		return { ...this.row, ...statuses } as IDataObject;
	}
}

/** The conversions that items change, by their IDs, each once. */
export class Targets {
	private readonly byId = new Map<number, Target>();

	/** @param row as CAKE's list has it, where it was looked up */
	get(conversionId: number, row?: IDataObject): Target {
		const known = this.byId.get(conversionId);
		if (known) return known;
		const target = new Target(conversionId, row);
		this.byId.set(conversionId, target);
		return target;
	}
}
