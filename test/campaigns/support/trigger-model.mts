import type { Account, Status } from '../../../sandbox/server.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

/** What the trigger watches, as its form names it. */
export interface Watched {
	/** Empty for new conversions of any status. */
	statuses: Status[];
	lookBackDays: number;
}

/** A conversion that the trigger has seen in one list. */
interface Entry {
	/** How many polls in a row did not find it. */
	lacked: number;
}

interface Memory {
	/** The first day to read. Absent before the first good poll. */
	from?: string | undefined;
	/** By list and conversion ID, such as `rejected 4400017`. */
	seen: Map<string, Entry>;
	/** For each list that has lost most of its entries: since when, epoch milliseconds. */
	doubted: Map<string, number>;
}

const copy = ({ from, seen, doubted }: Memory): Memory => ({
	from,
	doubted: new Map(doubted),
	seen: new Map([...seen].map(([key, value]) => [key, { ...value }])),
});

const HOUR_MS = 3_600_000;

/**
 * Predicts from the account alone what the trigger should announce. Models what n8n has in memory
 * and what it has saved. Shares no code with the node.
 */
export class TriggerModel {
	private memory: Memory = { seen: new Map(), doubted: new Map() };
	private saved: Memory = copy(this.memory);

	readonly counted = {
		/** Entries that a good poll should announce. */
		entries: 0,
		/** Entries that came back after one poll without them. They are not announced again. */
		backTooSoon: 0,
		/** Entries that left and came back while n8n saved nothing. A restart hides that they left. */
		hiddenByRestart: 0,
		forgotten: 0,
		/** How often a poll found most of a list gone, and did not believe it yet. */
		doubts: 0,
	};

	constructor(
		private readonly account: Account,
		private readonly watched: Watched,
	) {}

	/** What a poll should announce now, and what it should remember. */
	private predict(): { keys: string[]; next: Memory } {
		const { account, watched, memory } = this;
		const today = account.now();
		const begin = day(today - watched.lookBackDays * DAY_MS);
		const from = memory.from ?? begin;
		const start = account.calendar.getStart(from);
		const present = new Set<string>();
		for (const row of account.conversions.values()) {
			if (row.at < start) continue;
			if (watched.statuses.length === 0) present.add(`all ${row.conversionId}`);
			else if (watched.statuses.includes(row.status)) {
				present.add(`${row.status} ${row.conversionId}`);
			}
		}
		const next: Memory = {
			from: from > begin ? from : begin,
			seen: new Map(),
			doubted: this.findDoubted(present, today),
		};
		for (const key of present) next.seen.set(key, { lacked: 0 });
		for (const [key, { lacked }] of memory.seen) {
			if (present.has(key)) continue;
			// No conversion is new twice.
			if (watched.statuses.length === 0) {
				next.seen.set(key, { lacked: 0 });
				continue;
			}
			if (this.hasMoved(key, present)) continue;
			const since = next.doubted.get(toList(key));
			if (since !== undefined && today - since < HOUR_MS) next.seen.set(key, { lacked });
			else if (lacked === 0) next.seen.set(key, { lacked: 1 });
		}
		const isFirst = memory.from === undefined;
		return { keys: isFirst ? [] : [...present].filter((key) => !memory.seen.has(key)), next };
	}

	/** Whether the list of another watched status has the conversion now. */
	private hasMoved(key: string, present: Set<string>): boolean {
		const others = this.watched.statuses.filter((status) => status !== toList(key));
		return others.some((status) => present.has(`${status} ${getId(key)}`));
	}

	/** Status lists that suddenly lack all of three or more, or most of ten or more, and since when. */
	private findDoubted(present: Set<string>, now: number): Map<string, number> {
		const { seen, doubted } = this.memory;
		const lists = new Map<string, string[]>();
		if (this.watched.statuses.length === 0) return new Map();
		for (const [key, { lacked }] of seen) {
			if (lacked > 0 || (!present.has(key) && this.hasMoved(key, present))) continue;
			lists.set(toList(key), [...(lists.get(toList(key)) ?? []), key]);
		}
		const found = new Map<string, number>();
		for (const [list, keys] of lists) {
			const gone = keys.filter((key) => !present.has(key)).length;
			const isEmptyOrDoubted = gone === keys.length || doubted.has(list);
			if (isEmptyOrDoubted ? gone >= 3 : keys.length >= 10 && gone > keys.length / 2) {
				found.set(list, doubted.get(list) ?? now);
			}
		}
		return found;
	}

	/** The conversion IDs a poll should announce now, one for each list a conversion has entered. */
	listExpected(): number[] {
		return this.predict()
			.keys.map(getId)
			.sort((a, b) => a - b);
	}

	/** Whether a poll has succeeded. The first one only remembers. */
	get hasPolled(): boolean {
		return this.memory.from !== undefined;
	}

	/** A poll succeeded. */
	onPolled(): void {
		const { keys, next } = this.predict();
		this.counted.entries += keys.length;
		for (const [key, { lacked }] of this.memory.seen) {
			if (lacked > 0 && next.seen.get(key)?.lacked === 0) this.counted.backTooSoon++;
			if (!next.seen.has(key)) this.counted.forgotten++;
		}
		for (const since of next.doubted.values()) {
			this.counted.doubts += Number(this.account.now() - since < HOUR_MS);
		}
		this.memory = next;
	}

	/** n8n saved what it has in memory. */
	onSaved(): void {
		this.saved = copy(this.memory);
	}

	/** n8n started again, with the memory that it had saved. */
	onRestarted(): void {
		const present = new Set(this.predict().keys);
		for (const key of this.saved.seen.keys()) {
			if (present.has(key)) this.counted.hiddenByRestart++;
		}
		this.memory = copy(this.saved);
	}
}

function day(moment: number): string {
	return new Date(moment).toISOString().slice(0, 10);
}

function toList(key: string): string {
	return key.split(' ')[0];
}

function getId(key: string): number {
	return Number(key.split(' ')[1]);
}
