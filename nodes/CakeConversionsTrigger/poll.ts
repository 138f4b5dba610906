import { DateTime } from 'luxon';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { addDays } from '../cake/dates';
import { asError } from '../cake/errors';
import type { ConversionRow } from '../cake/types';
import { connect } from '../shared/connect';
import { toJson } from '../shared/row';
import { findChanges } from './changes';
import { toPollError } from './failure';
import { noteAnnounced, wasOvertaken } from './overlap';
import { readLists } from './read';
import { pickSample } from './sample';
import {
	counterAfter,
	counterOf,
	fromStored,
	isSameMemory,
	toStored,
	UnusableSnapshot,
	type Snapshot,
} from './snapshot';
import { warn } from './warn';
import { readWatch, type Watch } from './watch';
import { firstDay, isReadNarrower, pollTime, whyOutdated, windowStart } from './window';

/** Where the memory lies in the node's static data. */
const MEMORY = 'memory';

/** CAKE's zone may be ahead of UTC by a day, and CAKE may not count the end date in. */
const DAYS_AHEAD = 2;

const STARTS_AFRESH =
	'It remembers what is in CAKE now, announces none of it, and goes on from there.';

/**
 * One poll: announces what memory does not know, and remembers it. In the editor a sample.
 * @throws NodeApiError, NodeOperationError; memory is as it was then
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const client = await connect(context);
	const watch = readWatch(context, new URL(client.account.baseUrl).host);
	const now = DateTime.utc().toMillis();
	const read = async (startDate: string, lastDay: string) => {
		const range = { startDate, endDate: addDays(lastDay, DAYS_AHEAD) };
		try {
			return { range, lists: await readLists(context, client, watch, range) };
		} catch (error) {
			throw toPollError(context.getNode(), error);
		}
	};

	if (context.getMode() === 'manual') {
		const { today } = pollTime(now, undefined);
		const { range, lists } = await read(firstDay(watch, today), today);
		return toItems(pickSample(context, watch, range, lists));
	}

	const startedAt = Date.now();
	const data = context.getWorkflowStaticData('node');
	const began = counterOf(data[MEMORY]);
	const stored = load(context, data[MEMORY]);
	const time = pollTime(now, stored);
	const memory = stored && unlessOutdated(context, stored, watch, time.today);
	const { lists } = await read(
		memory ? windowStart(memory, watch, time.today) : firstDay(watch, time.today),
		time.latest,
	);

	// From here on nothing is awaited. n8n starts a poll without waiting for the one before: whichever
	// ends first has announced what both saw, and the other must not announce it again.
	const trigger = `${context.getWorkflow().id} ${context.getNode().id}`;
	if (counterOf(data[MEMORY]) !== began || wasOvertaken(trigger, watch.scope, began, startedAt)) {
		context.logger.debug(
			`${context.getNode().name}: another poll finished meanwhile, this one is dropped`,
		);
		return null;
	}
	const { fresh, next } = findChanges(memory, lists, watch, time);
	const changed = toStored({ ...next, counter: counterAfter(began) });
	// Memory that did not change is not written: n8n would save it anew with every poll.
	const isUnchanged = memory && isSameMemory(data[MEMORY], changed);
	if (!isUnchanged) data[MEMORY] = changed;
	warn(context, lists, next, {
		now,
		isNarrower: isReadNarrower(memory, watch, time.today),
	});
	if (fresh.length === 0) return null;
	noteAnnounced(trigger, watch.scope, counterAfter(began));
	return toItems(fresh);
}

/** The stored memory; nothing where there is none that can be read. */
function load(context: IPollFunctions, value: unknown): Snapshot | undefined {
	try {
		return fromStored(value);
	} catch (error) {
		if (!(error instanceof UnusableSnapshot)) throw asError(error);
		context.logger.warn(
			`${context.getNode().name}: the memory of this trigger ${error.message}. ${STARTS_AFRESH}`,
		);
		return undefined;
	}
}

/** Memory that can be gone by; nothing when all that is there is only to be remembered. */
function unlessOutdated(
	context: IPollFunctions,
	memory: Snapshot,
	watch: Watch,
	today: string,
): Snapshot | undefined {
	const reason = whyOutdated(memory, watch, today);
	if (!reason) return memory;
	context.logger.info(`${context.getNode().name}: ${reason}. ${STARTS_AFRESH}`);
	return undefined;
}

function toItems(rows: ConversionRow[]): INodeExecutionData[][] {
	return [rows.map((row) => ({ json: toJson(row) }))];
}
