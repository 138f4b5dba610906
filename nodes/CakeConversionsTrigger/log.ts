import type { ReadList } from './diff';
import type { Snapshot } from './snapshot';
import type { PollWindow } from './window';

/** Writes to n8n's log, under the node's name. */
export type Log = (level: 'debug' | 'info' | 'warn', text: string) => void;

export const STARTS_AFRESH =
	'It remembers what is in CAKE now, announces none of it, and goes on from there.';

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
				? `Nothing is announced until a poll reads them all, or ${remembered.pollsToLearn} more have tried.`
				: 'What changed in those missing is announced by a later poll. Until one reads them all, a conversion that left for a status that is not watched, and comes back, is not announced.';
			log(
				'warn',
				`CAKE reported ${reported ?? 'an unknown number of'} conversions (${name}), and ${conversions.length} were read. ${later}`,
			);
		}
		if (remembered?.doubtedSince === now && !isNarrower) {
			log(
				'warn',
				`CAKE lists ${conversions.length} conversions (${name}), and most of those that were there are gone. They are forgotten only if that lasts for an hour, so that they are not announced again should they come back.`,
			);
		}
	}
	const unknownStatuses = Object.values(lists).flatMap((list) => list.unknownStatuses ?? []);
	if (unknownStatuses.length > 0) {
		const names = [...new Set(unknownStatuses)].map((name) => JSON.stringify(name)).join(', ');
		log(
			'warn',
			`CAKE lists conversions whose status is ${names}. They are not announced: this trigger knows approved, pending and rejected.`,
		);
	}
}
