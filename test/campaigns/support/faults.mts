import type { Conversion, Endpoint, Fault, Sandbox } from '../../../sandbox/server.mts';

/**
 * What every campaign is put under: 5 % 429, 5 % 503, 3 % reset after the write, 2 % hang and
 * 2 % HTML. Of the last two, half had done their work: a client cannot tell which.
 */
export function listFaults(endpoint?: Endpoint): Fault[] {
	const faults: Fault[] = [
		{ kind: 'throttle', probability: 0.05, retryAfter: 0 },
		{ kind: 'unavailable', probability: 0.05 },
		{ kind: 'resetAfter', probability: 0.03 },
		{ kind: 'hang', probability: 0.01 },
		{ kind: 'hangAfter', probability: 0.01 },
		{ kind: 'html', probability: 0.01 },
		{ kind: 'htmlAfter', probability: 0.01 },
	];
	return endpoint ? faults.map((fault) => ({ ...fault, endpoints: [endpoint] })) : faults;
}

/** Options of the node: a hang costs a second, and with so many faults nobody gives up early. */
export const OPTIONS = { timeout: 1, retries: 12, maxConcurrent: 40 };

/** The conversions the account holds, by a member that is the same for those of one sale. */
export function storedBy(
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

/** Seconds since a moment. */
export const secondsSince = (start: number) => (Date.now() - start) / 1000;
