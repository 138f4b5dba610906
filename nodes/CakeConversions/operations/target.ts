import { conversionIdOf, sameText, updateConversion } from '../../cake/conversions';
import { sendWithRetries, type Line } from '../../cake/retry';
import type { CakeCall, ConversionRow, ConversionStatus } from '../../cake/types';
import { toRehearsal } from './dryRun';

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
	private rehearsed: unknown;

	/** @param row as CAKE's list has it, where it was looked up */
	constructor(
		readonly conversionId: number,
		private readonly row?: ConversionRow,
	) {
		this.status = row?.conversion_status;
		this.rehearsed = this.status;
	}

	/**
	 * Sets the status, and gives CAKE's own conversion.
	 * @throws CakeError
	 */
	async set(change: Change, line: Line): Promise<ConversionRow> {
		// Until CAKE has answered, nobody knows; if it does not, the next change of it is sent anyway.
		this.status = undefined;
		this.rehearsed = undefined;
		const reply = await sendWithRetries(line, this.callFor(change));
		this.status = reply.conversion_status;
		this.rehearsed = reply.conversion_status;
		return reply;
	}

	/** What `set` would send. */
	rehearse(change: Change): ConversionRow {
		this.rehearsed = change.status;
		return toRehearsal(this.callFor(change));
	}

	/**
	 * Sets the status unless it has it already and there is no note to add, and gives the row that was
	 * looked up, with its new status and the one before.
	 * @throws CakeError
	 */
	async setUnlessSet(change: Change, line: Line): Promise<ConversionRow> {
		const before = this.status;
		if (isCalledFor(change, before)) await this.set(change, line);
		return this.changedRow(before, this.status);
	}

	/** What `setUnlessSet` would give and send. */
	rehearseUnlessSet(change: Change): ConversionRow {
		const before = this.rehearsed;
		const rehearsal = isCalledFor(change, before) ? this.rehearse(change) : toRehearsal();
		return { ...this.changedRow(before, this.rehearsed), ...rehearsal };
	}

	private callFor({ status, note }: Change): CakeCall<ConversionRow> {
		return updateConversion({ conversionId: this.conversionId, status, note });
	}

	/** Null is the status before where an earlier change of this run got no clear answer. */
	private changedRow(before: unknown, after: unknown): ConversionRow {
		const statuses = { conversion_status: after, previous_status: before ?? null };
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
