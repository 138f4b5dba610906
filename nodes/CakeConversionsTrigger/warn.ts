import type { IPollFunctions } from 'n8n-workflow';

import type { ReadList } from './changes';
import type { Snapshot } from './snapshot';

/**
 * Says in n8n's log what keeps a poll from going by what it read.
 * @param next what is remembered from now on
 * @param isNarrower whether rows may be gone for their age alone, which is no cause for a warning
 */
export function warn(
	context: IPollFunctions,
	lists: Record<string, ReadList>,
	next: Pick<Snapshot, 'lists'>,
	{ now, isNarrower }: { now: number; isNarrower: boolean },
): void {
	const say = (text: string) => context.logger.warn(`${context.getNode().name}: ${text}`);
	for (const [name, { isComplete, rows, reported }] of Object.entries(lists)) {
		const { doubtedSince, pollsToLearn } = next.lists[name];
		if (!isComplete) {
			const later = pollsToLearn
				? `Nothing is announced until a poll reads them all, or ${pollsToLearn} more have tried.`
				: 'What changed in those missing is announced by a later poll. Until one reads them all, a conversion that left for a status that is not watched, and comes back, is not announced.';
			say(
				`CAKE reported ${reported ?? 'an unknown number of'} conversions (${name}), and ${rows.length} were read. ${later}`,
			);
		}
		if (doubtedSince === now && !isNarrower) {
			say(
				`CAKE lists ${rows.length} conversions (${name}), and most of those that were there are gone. They are forgotten only if that lasts for an hour, so that they are not announced again should they come back.`,
			);
		}
	}
	const unknown = Object.values(lists).flatMap(({ unknownStatuses = [] }) => unknownStatuses);
	if (unknown.length > 0) {
		const names = [...new Set(unknown)].map((name) => JSON.stringify(name)).join(', ');
		say(
			`CAKE lists conversions whose status is ${names}. They are not announced: this trigger knows approved, pending and rejected.`,
		);
	}
}
