import { conversionIdOf, sameText, updateConversion } from '../../cake/conversions';
import { sendWithRetries, type Line } from '../../cake/retry';
import type { ConversionRow, ConversionStatus } from '../../cake/types';

/** What an item wants of a conversion. */
export interface Change {
	status: ConversionStatus;
	note?: string;
}

/**
 * A conversion that items of this run change, one after the other: the same object for all of them,
 * so that each is judged on what those before have made of it.
 */
export class Target {
	/** The status it has by now, changes of this run included; undefined when nobody knows. */
	private status: unknown;

	/** @param row as CAKE's list has it, where it was looked up */
	constructor(
		readonly conversionId: number,
		private readonly row?: ConversionRow,
	) {
		this.status = row?.conversion_status;
	}

	/**
	 * Sets the status, and gives CAKE's own conversion.
	 * @throws CakeError
	 */
	async set({ status, note }: Change, line: Line): Promise<ConversionRow> {
		const { conversionId } = this;
		// Until CAKE has answered, nobody knows; if it does not, the next change of it is sent anyway.
		this.status = undefined;
		const reply = await sendWithRetries(line, updateConversion({ conversionId, status, note }));
		this.status = reply.conversion_status;
		return reply;
	}

	/**
	 * Sets the status unless it has it already and there is no note to add, and gives the row that was
	 * looked up, with its new status and the one before.
	 * @throws CakeError
	 */
	async setUnlessSet(change: Change, line: Line): Promise<ConversionRow> {
		const before = this.status;
		if (change.note !== undefined || !sameText(before, change.status)) await this.set(change, line);
		return this.changedRow(before);
	}

	/** Null is the status before where an earlier change of this run got no clear answer. */
	private changedRow(before: unknown): ConversionRow {
		const statuses = { conversion_status: this.status, previous_status: before ?? null };
		return { ...this.row, ...statuses } as ConversionRow;
	}
}

/** The conversions that were looked up, by their IDs, each once. */
export class Targets {
	private readonly byId = new Map<number, Target>();

	/** The target of a row from CAKE's list, which holds none without an ID. */
	ofRow(row: ConversionRow): Target {
		return this.keep(new Target(conversionIdOf(row) as number, row));
	}

	/** The target of CAKE's own ID, known by a row already or not. */
	ofId(conversionId: number): Target {
		return this.keep(new Target(conversionId));
	}

	private keep(target: Target): Target {
		const known = this.byId.get(target.conversionId);
		if (known) return known;
		this.byId.set(target.conversionId, target);
		return target;
	}
}
