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

/** How long after one poll a later one may still be given the memory from before it. */
const WRITING_MS = 30_000;

/** What each trigger of this process announced last. `at` is monotonic. */
const lastAnnounced = new Map<string, { counter: number; at: number }>();

/** The memory of one trigger as one poll sees it: read when the poll begins, written when it ends. */
export class TriggerMemory {
	private readonly startedAt = performance.now();

	/** Raised by whoever writes, so that others see that. */
	private readonly counter: number | undefined;

	/** Absent where nothing is stored, or nothing that can be read. */
	readonly snapshot?: Snapshot | undefined;

	/**
	 * @param data the node's static data, which n8n saves
	 * @param trigger names the workflow, the node and what it watches
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
	 * Whether another poll has announced, meanwhile or shortly before, what this one does not know of.
	 *
	 * With n8n's durable cursors every poll has a copy of the memory, and the polls that n8n missed while
	 * it was down run side by side (poll-trigger-task-handler.js of n8n 2.41): their copies do not show
	 * what the others did. After a while the copy is believed again: should n8n have failed to save the
	 * newer one, what it had is still to be announced.
	 */
	isOvertaken(): boolean {
		if (getCounter(this.data.memory) !== this.counter) return true;
		const last = lastAnnounced.get(this.trigger);
		if (!last || this.counter === undefined || last.counter <= this.counter) return false;
		return last.at >= this.startedAt || performance.now() - last.at < WRITING_MS;
	}

	/** @param hasNews whether the poll announces something, which no other poll may announce again */
	write(next: Omit<Snapshot, 'counter'>, hasNews: boolean): void {
		const counter = getNextCounter(this.counter);
		const stored = toStored({ ...next, counter });
		// Memory that did not change is not written: n8n would save it anew with every poll.
		if (!this.snapshot || !isSameMemory(this.data.memory, stored)) this.data.memory = stored;
		if (hasNews) lastAnnounced.set(this.trigger, { counter, at: performance.now() });
	}
}
