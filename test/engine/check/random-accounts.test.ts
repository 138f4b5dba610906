import * as fc from 'fast-check';

import type { Check } from '../../../nodes/cake/account/findings';
import {
	EXTRA_MEMBERS,
	IGNORABLE_FILTERS,
	QUIRK_KINDS,
	type SandboxOptions,
} from '../../../sandbox/server.mts';
import { Cake } from '../../support/cake.mts';
import { chooseCount } from '../../support/scale.mts';
import { getTruth, printUndecided, readVerdicts } from '../../support/verdicts.mts';

const LAYOUTS = QUIRK_KINDS.slice(QUIRK_KINDS.indexOf('responseEnvelope'));

/** Mostly as specified, so that one difference is often the only one. */
const rarely = <T>(usual: T, ...others: T[]) =>
	fc.oneof(
		{ arbitrary: fc.constant(usual), weight: 2 },
		{ arbitrary: fc.constantFrom(...others), weight: 1 },
	);

const accounts: fc.Arbitrary<SandboxOptions> = fc.record({
	seed: fc.integer({ min: 1, max: 100_000 }),
	rows: fc.constantFrom(0, 1, 3, 25, 60, 99, 100, 101, 480, 500, 501, 760, 1_300),
	days: fc.integer({ min: 1, max: 400 }),
	timeZone: fc.constantFrom('UTC', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kathmandu'),
	endDateInclusive: fc.boolean(),
	order: fc.constantFrom('newest', 'oldest', 'shuffled'),
	maxRowsPerPage: rarely(500, 20, 100),
	total: rarely<NonNullable<SandboxOptions['total']>>('number', 'text', 'absent', 'ofPage'),
	errorStatus: fc.constantFrom(200, 400),
	// Other people record and change conversions while the account is read.
	insertWhilePaging: rarely(0, 0.5, 1),
	changeStatusWhilePaging: rarely(0, 0.5, 1),
	directory: fc.record({
		access: rarely<'served' | 'absent' | 'refused'>('served', 'absent', 'refused'),
		firstRow: fc.constantFrom(0, 1),
	}),
	list: fc.record({
		access: fc.constant('served'),
		ignoredFilters: fc.oneof(
			{ arbitrary: fc.constant([]), weight: 1 },
			{ arbitrary: fc.subarray([...IGNORABLE_FILTERS]), weight: 1 },
		),
		hasOrderIds: rarely(true, false),
		extraMembers: fc.subarray([...EXTRA_MEMBERS]),
		ownStatus: rarely(undefined, 'Scrubbed', 'approved (test)'),
	}),
	quirks: fc.subarray([...LAYOUTS]).map((kinds) => kinds.map((kind) => ({ kind, probability: 1 }))),
});

describe('Check Account', () => {
	it('gives no account a wrong result, also while other people write', async () => {
		let undecided = 0;
		let all = 0;
		await fc.assert(
			fc.asyncProperty(accounts, async (options) => {
				const cake = new Cake(options);
				await cake.start();
				try {
					const before = getTruth(options, cake.sandbox);
					const verdicts = readVerdicts(await cake.check());
					const after = getTruth(options, cake.sandbox);
					const decided = Object.entries(verdicts).filter(([, result]) => result !== 'undecided');
					// What was recorded meanwhile may have been read or not.
					const wrong = decided.filter(
						([check, result]) => ![before, after].some((truth) => truth[check as Check] === result),
					);
					expect(wrong).toEqual([]);
					expect(cake.requests).toBeLessThanOrEqual(25);
					all += Object.keys(verdicts).length;
					undecided += Object.keys(verdicts).length - decided.length;
				} finally {
					await cake.stop();
				}
			}),
			{ numRuns: chooseCount(30, 400) },
		);
		printUndecided(undecided, all);
	}, 600_000);
});
