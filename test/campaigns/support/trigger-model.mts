import type { Account, Status } from '../../../sandbox/server.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

/** What is watched, in the words of the form. */
export interface Watched {
	/** Empty for new conversions, whatever their status. */
	statuses: Status[];
	lookBackDays: number;
}

/** What should be known of one conversion in one list. */
interface Known {
	/** Polls in a row that did not find it. */
	lacked: number;
}

interface Memory {
	/** The first day to read; undefined before the first good poll. */
	from?: string;
	/** By list and conversion ID, such as `rejected 4400017`. */
	known: Map<string, Known>;
	/** By list: since when it lacks most of what it had, epoch milliseconds. */
	doubted: Map<string, number>;
}

const copy = ({ from, known, doubted }: Memory): Memory => ({
	from,
	doubted: new Map(doubted),
	known: new Map([...known].map(([key, value]) => [key, { ...value }])),
});

const HOUR_MS = 3_600_000;

/**
 * What the trigger should announce, told from the account alone. Keeps what n8n should have in
 * memory and what it should have saved; shares nothing with the node.
 */
export class TriggerModel {
	private memory: Memory = { known: new Map(), doubted: new Map() };
	private saved: Memory = copy(this.memory);

	/** Entries that a good poll found, and those of them that are told again for no reason of CAKE's. */
	readonly counted = {
		entries: 0,
		/** Came back after one poll without them: the same stay, as far as is known. */
		backTooSoon: 0,
		/** Left while n8n saved nothing, and were back when it started again. */
		hiddenByRestart: 0,
		forgotten: 0,
		/** Polls that found most of a list gone, and did not believe it yet. */
		doubts: 0,
	};

	constructor(
		private readonly account: Account,
		private readonly watched: Watched,
	) {}

	/** What a poll would announce now, and what it would remember. */
	private look(): { keys: string[]; next: Memory } {
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
			known: new Map(),
			doubted: this.doubtful(present, today),
		};
		for (const key of present) next.known.set(key, { lacked: 0 });
		for (const [key, { lacked }] of memory.known) {
			if (present.has(key)) continue;
			// Nothing is a new conversion twice.
			if (watched.statuses.length === 0) {
				next.known.set(key, { lacked: 0 });
				continue;
			}
			if (this.hasMoved(key, present)) continue;
			const since = next.doubted.get(toList(key));
			if (since !== undefined && today - since < HOUR_MS) next.known.set(key, { lacked });
			else if (lacked === 0) next.known.set(key, { lacked: 1 });
		}
		const isFirst = memory.from === undefined;
		return { keys: isFirst ? [] : [...present].filter((key) => !memory.known.has(key)), next };
	}

	/** Whether another status that is watched has it now. */
	private hasMoved(key: string, present: Set<string>): boolean {
		const others = this.watched.statuses.filter((status) => status !== toList(key));
		return others.some((status) => present.has(`${status} ${getId(key)}`));
	}

	/** The lists of a status that suddenly lack all of three or more, or most of ten, and since when. */
	private doubtful(present: Set<string>, now: number): Map<string, number> {
		const { known, doubted } = this.memory;
		const lists = new Map<string, string[]>();
		if (this.watched.statuses.length === 0) return new Map();
		for (const [key, { lacked }] of known) {
			if (lacked > 0 || (!present.has(key) && this.hasMoved(key, present))) continue;
			lists.set(toList(key), [...(lists.get(toList(key)) ?? []), key]);
		}
		const doubtful = new Map<string, number>();
		for (const [list, keys] of lists) {
			const gone = keys.filter((key) => !present.has(key)).length;
			const isEmptied = gone === keys.length || doubted.has(list);
			if (isEmptied ? gone >= 3 : keys.length >= 10 && gone > keys.length / 2) {
				doubtful.set(list, doubted.get(list) ?? now);
			}
		}
		return doubtful;
	}

	/** The conversion IDs a poll should announce now; one for each list it entered. */
	expected(): number[] {
		return this.look()
			.keys.map(getId)
			.sort((a, b) => a - b);
	}

	/** Whether a good poll has been; the first only remembers. */
	get hasPolled(): boolean {
		return this.memory.from !== undefined;
	}

	/** A poll succeeded. */
	polled(): void {
		const { keys, next } = this.look();
		this.counted.entries += keys.length;
		for (const [key, { lacked }] of this.memory.known) {
			if (lacked > 0 && next.known.get(key)?.lacked === 0) this.counted.backTooSoon++;
			if (!next.known.has(key)) this.counted.forgotten++;
		}
		for (const since of next.doubted.values()) {
			this.counted.doubts += Number(this.account.now() - since < HOUR_MS);
		}
		this.memory = next;
	}

	/** n8n saved what it has in memory. */
	wasSaved(): void {
		this.saved = copy(this.memory);
	}

	/** n8n started again: it has what was saved. */
	restarted(): void {
		const present = new Set(this.look().keys);
		for (const key of this.saved.known.keys()) {
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
