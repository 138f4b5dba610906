import type { IDataObject } from 'n8n-workflow';

import { asError } from '../cake/errors';
import {
	getNextCounter,
	getCounter,
	fromStored,
	isSameMemory,
	toStored,
	UnusableSnapshot,
	type Snapshot,
} from './snapshot';
import { STARTS_AFRESH, type Log } from './log';

/** For this long after a poll, n8n may still give another poll the older memory. */
const WRITING_MS = 30_000;

/** The last poll of each trigger that announced something. `at` is from the monotonic clock. */
const lastAnnounced = new Map<string, { counter: number; at: number }>();

/** A trigger's memory in one poll: read when the poll begins, written when it ends. */
export class TriggerMemory {
	private readonly startedAt = performance.now();

	/** The counter that the poll found. Each write raises it, so that other polls notice. */
	private readonly counter: number | undefined;

	/** Absent when nothing is stored, or nothing readable. */
	readonly snapshot?: Snapshot | undefined;

	/**
	 * @param data the node's static data, which n8n saves
	 * @param trigger identifies the workflow, the node and its scope
	 */
	constructor(
		private readonly data: IDataObject,
		private readonly trigger: string,
		log: Log,
	) {
		this.counter = getCounter(data.memory);
		try {
			this.snapshot = fromStored(data.memory);
		} catch (error) {
			if (!(error instanceof UnusableSnapshot)) throw asError(error);
			log('warn', `the memory of this trigger ${error.message}. ${STARTS_AFRESH}`);
		}
	}

	/**
	 * Whether another poll announced conversions that this poll's memory lacks.
	 *
	 * With n8n's durable cursors each poll gets a copy of the memory. The polls that n8n missed while it
	 * was down run side by side (poll-trigger-task-handler.js of n8n 2.41), and no copy shows what the
	 * other polls did. A poll that begins after WRITING_MS trusts its copy again: n8n may have failed to
	 * save the newer memory, and then its conversions must be announced again.
	 */
	isOvertaken(): boolean {
		if (getCounter(this.data.memory) !== this.counter) return true;
		const last = lastAnnounced.get(this.trigger);
		if (!last || this.counter === undefined || last.counter <= this.counter) return false;
		return last.at >= this.startedAt || performance.now() - last.at < WRITING_MS;
	}

	/** @param hasNews whether the poll announces conversions; no other poll may announce them again */
	write(next: Omit<Snapshot, 'counter'>, hasNews: boolean): void {
		const counter = getNextCounter(this.counter);
		const stored = toStored({ ...next, counter });
		// Unchanged memory is not written: n8n would save it again with every poll.
		if (!this.snapshot || !isSameMemory(this.data.memory, stored)) this.data.memory = stored;
		if (hasNews) lastAnnounced.set(this.trigger, { counter, at: performance.now() });
	}
}
