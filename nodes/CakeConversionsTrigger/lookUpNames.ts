import { NameLookup } from '../cake/directory/nameLookup';
import type { CakeClient } from '../cake/transport/client';
import type { Conversion } from '../cake/types';
import { describeMissingNames } from '../shared/names';
import type { PollBudget } from './budget';
import { RETRIES } from './fetchLists';
import type { Log } from './log';

/** Looks up the names for some conversions, in what is left of the poll's time. Never rejects. */
export async function lookUpNames(
	conversions: Conversion[],
	client: CakeClient,
	{ remainingMs, timeout: stop }: PollBudget,
	log: Log,
): Promise<NameLookup> {
	const lookup = new NameLookup({ client, remainingMs, stop, retries: RETRIES });
	lookup.want(conversions.map(({ row }) => row));
	await lookup.settle();
	const missing = describeMissingNames(lookup);
	if (missing) log('warn', missing);
	return lookup;
}
