import type { ReadList } from './diff';
import type { Snapshot } from './snapshot';
import type { PollWindow } from './window';

/** Writes to n8n's log, under the node's name. */
export type Log = (level: 'debug' | 'info' | 'warn', text: string) => void;

export const STARTS_AFRESH =
	'It remembers what is in CAKE now, and starts the workflow for what comes next.';

/**
 * Warns of incomplete lists, of lists that lost most conversions at once, and of unknown statuses.
 * @param next what the trigger remembers from now on
 */
export function logWarnings(
	log: Log,
	{ now, isNarrower }: PollWindow,
	lists: Record<string, ReadList>,
	next: Pick<Snapshot, 'lists'>,
): void {
	for (const [name, { isComplete, conversions, reported }] of Object.entries(lists)) {
		const remembered = next.lists[name];
		if (!isComplete) {
			const later = remembered?.pollsToLearn
				? `The workflow does not start until a poll reads them all, or ${remembered.pollsToLearn} more have tried.`
				: 'A later poll finds what changed in the missing ones. Until a poll reads them all, the workflow does not start for a conversion that takes a status you do not watch and then returns.';
			log(
				'warn',
				`CAKE reported ${reported ?? 'an unknown number of'} conversions (${name}), and ${conversions.length} were read. ${later}`,
			);
		}
		if (remembered?.doubtedSince === now && !isNarrower) {
			log(
				'warn',
				`CAKE lists ${conversions.length} conversions (${name}), and most of the earlier ones are gone. If they return within an hour, the workflow does not start for them again.`,
			);
		}
	}
	const unknownStatuses = Object.values(lists).flatMap((list) => list.unknownStatuses ?? []);
	if (unknownStatuses.length > 0) {
		const names = [...new Set(unknownStatuses)].map((name) => JSON.stringify(name)).join(', ');
		log(
			'warn',
			`CAKE lists conversions whose status is ${names}. The workflow does not start for them: this trigger knows approved, pending and rejected.`,
		);
	}
}
