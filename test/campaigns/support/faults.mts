import { chooseCount } from '../../support/scale.mts';
import type { Conversion, Endpoint, Fault, Sandbox } from '../../../sandbox/server.mts';

/**
 * The faults of the campaigns: 5 % 429, 5 % 503, 3 % reset after the write, 2 % hang and 2 % HTML.
 * Half of the hangs and of the HTML pages come after the work is done. A client cannot tell which.
 * A small campaign has no hangs, since after each the node waits for ten seconds.
 */
export function listFaults(endpoint?: Endpoint): Fault[] {
	const faults: Fault[] = [
		{ kind: 'throttle', probability: 0.05, retryAfter: 0 },
		{ kind: 'unavailable', probability: 0.05 },
		{ kind: 'resetAfter', probability: 0.03 },
		{ kind: 'hang', probability: chooseCount(0, 0.01) },
		{ kind: 'hangAfter', probability: chooseCount(0, 0.01) },
		{ kind: 'html', probability: 0.01 },
		{ kind: 'htmlAfter', probability: 0.01 },
	];
	return endpoint ? faults.map((fault) => ({ ...fault, endpoints: [endpoint] })) : faults;
}

/**
 * Options of the node. A hang costs one second, and 12 retries outlast this many faults. Without hangs,
 * no reply should meet its deadline, on a busy machine either.
 */
export const OPTIONS = { timeout: chooseCount(30, 1), retries: 12, maxConcurrent: 40 };

/** The account's conversions, grouped by a member that all conversions of one sale share. */
export function groupStored(
	{ account }: Sandbox,
	member: 'clickId' | 'uniqueId',
): Map<string, Conversion[]> {
	const groups = new Map<string, Conversion[]>();
	for (const conversion of account.conversions.values()) {
		const key = conversion[member];
		if (key === undefined) continue;
		const group = groups.get(key);
		if (group) group.push(conversion);
		else groups.set(key, [conversion]);
	}
	return groups;
}

export const getSecondsSince = (start: number) => (Date.now() - start) / 1000;
