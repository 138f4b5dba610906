import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { CakeCall } from '../../cake/transport/call';
import { toBoolean } from '../../cake/values';
import type { Fields } from '../../shared/fields';

/** The member of 'Options' that turns a write into a preview. */
export const dryRunField: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	// Who adds it wants it. Without it nothing is a dry run.
	default: true,
	displayOptions: { show: { '/operation': ['record', 'update'] } },
	description:
		'Whether to check every item and show the request that would go out, without recording or changing anything',
};

/**
 * Whether only to show what would be sent for the item. One for which an expression finds neither true nor false
 * is refused: taken for false, it would be written.
 * @throws InvalidField
 */
export function readDryRun(item: Fields): boolean {
	return item.members('options').requiredIfAdded('dryRun', toBoolean) ?? false;
}

/** What a dry run shows: the request that would go out, if any. The key is not in a call. */
export function previewCall(call?: CakeCall<unknown>): IDataObject {
	if (!call) return { dry_run: true };
	const { method, path, parameters } = call;
	return { dry_run: true, method, path, parameters };
}

/** A hint beside the output, so that a dry run is not taken for the real thing. */
export function describeDryRun(dryRuns: boolean[]): string[] {
	const count = dryRuns.filter(Boolean).length;
	if (count === 0) return [];
	const which = count === dryRuns.length ? '' : ` for ${count} of ${dryRuns.length} items`;
	return [
		`Dry Run is on${which}: nothing was recorded or changed in CAKE by it. Whether CAKE takes what would go out was not asked: it judges clicks, offers, Unique IDs and Conversion IDs only when they are sent.`,
	];
}
