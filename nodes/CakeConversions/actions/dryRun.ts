import type { IDataObject, INodeProperties, NodeExecutionHint } from 'n8n-workflow';

import type { CakeCall } from '../../cake/transport/call';
import { toBoolean } from '../../cake/values';
import type { Fields } from '../../shared/fields';
import { toHint } from './hints';

/** The member of 'Options' that turns a write into a preview. */
export const dryRunField: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	// On, because users add this option to turn dry run on. Without the option it is off.
	default: true,
	displayOptions: { show: { '/operation': ['record', 'update'] } },
	description:
		'Whether to check every item and show the request that would go out, without recording or changing anything',
};

/**
 * Reads 'Dry Run'; false when the user did not add it.
 * @throws InvalidField for anything but true or false: taken for false, the item would be written
 */
export function readDryRun(item: Fields): boolean {
	return item.members('options').requiredIfAdded('dryRun', toBoolean) ?? false;
}

/** The output of a dry run: a mark, and the request, if any. A call does not hold the API key. */
export function previewCall(call?: CakeCall<unknown>): IDataObject {
	if (!call) return { dry_run: true };
	const { method, path, parameters } = call;
	return { dry_run: true, method, path, parameters };
}

/** Adds the limit that would stop the run. A skipped item has a reason of its own. */
export function markStopped(row: IDataObject, exceeded: Error | undefined): IDataObject {
	if (!exceeded || row.skipped) return row;
	return { ...row, stopped: true, reason: `${exceeded.message}.` };
}

/** A hint, so that nobody takes a dry run for real changes. */
export function describeDryRun(dryRuns: boolean[], total: number): NodeExecutionHint[] {
	const count = dryRuns.filter(Boolean).length;
	if (count === 0) return [];
	const which = count === total ? '' : ` for ${count} of ${total} items`;
	const message = `Dry Run is on${which}: ${which ? 'these were not' : 'nothing was'} recorded or changed. CAKE has not checked these requests. It checks clicks, offers and IDs only when they are sent.`;
	return [toHint(message)];
}
