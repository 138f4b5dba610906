import { DateTime } from 'luxon';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { Conversion } from '../cake/types';
import { connect } from '../shared/connect';
import { toNodeError } from '../shared/failures';
import { toJson } from '../shared/outputJson';
import { findChanges } from './diff';
import { TriggerMemory } from './memory';
import { readLists } from './fetchLists';
import { pickSample } from './sample';
import { STARTS_AFRESH, warn, type Log } from './log';
import { readSettings } from './settings';
import { openWindow } from './window';

/**
 * One poll: announces what memory does not know, and remembers it. In the editor a sample.
 * @throws NodeApiError, NodeOperationError; memory is as it was then
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const node = context.getNode();
	const log: Log = (level, text) => context.logger[level](`${node.name}: ${text}`);
	const client = await connect(context);
	const settings = readSettings(context, client.account.baseUrl);
	const memory =
		context.getMode() === 'manual'
			? undefined
			: new TriggerMemory(
					context.getWorkflowStaticData('node'),
					`${context.getWorkflow().id} ${node.id} ${settings.scope}`,
					log,
				);
	const window = openWindow(settings, memory?.snapshot, DateTime.utc().toMillis());
	if (window.staleReason) log('info', `${window.staleReason}. ${STARTS_AFRESH}`);
	const lists = await readLists(context, client, window).catch((error: unknown) => {
		throw toNodeError(node, error, { audience: 'trigger' });
	});
	if (!memory) return toItems(pickSample(node, window, lists));

	// From here on nothing is awaited. n8n starts a poll without waiting for the one before: whichever
	// ends first has announced what both saw, and the other must not announce it again.
	if (memory.isOvertaken()) {
		log('debug', 'another poll finished meanwhile, this one is dropped');
		return null;
	}
	const { fresh, next } = findChanges(window, lists);
	memory.write(next, fresh.length > 0);
	warn(log, window, lists, next);
	return fresh.length > 0 ? toItems(fresh) : null;
}

function toItems(conversions: Conversion[]): INodeExecutionData[][] {
	return [conversions.map(({ row }) => ({ json: toJson(row) }))];
}
