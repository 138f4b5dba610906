import { DateTime } from 'luxon';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { NameLookup } from '../cake/directory/nameLookup';
import type { Conversion } from '../cake/types';
import { connect } from '../shared/connect';
import { toNodeError } from '../shared/failures';
import { toJson } from '../shared/outputJson';
import { startBudget } from './budget';
import { findChanges } from './diff';
import { TriggerMemory } from './memory';
import { readLists } from './fetchLists';
import { lookUpNames } from './lookUpNames';
import { pickSample } from './sample';
import { logWarnings, STARTS_AFRESH, type Log } from './log';
import { readSettings } from './settings';
import { openWindow } from './window';

/**
 * One poll. A published trigger announces the conversions that memory lacks, and remembers them. A test
 * in the editor shows a sample.
 * @throws NodeApiError, NodeOperationError; memory then stays as it was
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const node = context.getNode();
	const log: Log = (level, text) => context.logger[level](`${node.name}: ${text}`);
	const client = await connect(context);
	const budget = startBudget(context);
	const settings = readSettings(context, client.account.baseUrl);
	const memory = openMemory(context, settings.scope, log);
	const window = openWindow(settings, memory?.snapshot, DateTime.utc().toMillis());
	if (window.staleReason) log('info', `${window.staleReason}. ${STARTS_AFRESH}`);
	const lists = await readLists(client, window, budget).catch((error: unknown) => {
		throw toNodeError(node, error, { audience: 'trigger' });
	});
	const lookUp = async (conversions: Conversion[]): Promise<NameLookup | undefined> =>
		settings.shouldAddNames && conversions.length > 0
			? await lookUpNames(conversions, client, budget, log)
			: undefined;
	if (!memory) {
		const sample = pickSample(node, window, lists);
		return toItems(sample, await lookUp(sample));
	}
	// Before memory is written: what n8n has remembered must reach the workflow at once.
	const lookup = settings.shouldAddNames
		? await lookUp(findChanges(window, lists).fresh)
		: undefined;

	// Nothing is awaited from here on. n8n starts a poll while the one before may still run. The first to
	// get here announces what both found, and the other must not announce it again.
	if (memory.isOvertaken()) {
		log('debug', 'another poll finished meanwhile, this one is dropped');
		return null;
	}
	const { fresh, next } = findChanges(window, lists);
	memory.write(next, fresh.length > 0);
	logWarnings(log, window, lists, next);
	return fresh.length > 0 ? toItems(fresh, lookup) : null;
}

/** A test in the editor has no memory. */
function openMemory(context: IPollFunctions, scope: string, log: Log): TriggerMemory | undefined {
	if (context.getMode() === 'manual') return undefined;
	const trigger = `${context.getWorkflow().id} ${context.getNode().id} ${scope}`;
	return new TriggerMemory(context.getWorkflowStaticData('node'), trigger, log);
}

function toItems(conversions: Conversion[], lookup?: NameLookup): INodeExecutionData[][] {
	return [conversions.map(({ row }) => ({ json: toJson(lookup ? lookup.addTo(row) : row) }))];
}
