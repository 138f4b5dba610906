import { CHECKS, type Check, type Result } from '../../../nodes/cake/account/findings';
import { PROFILES, type ProfileName, startSandbox } from '../../../sandbox/server.mts';
import { Cake } from '../../support/cake.mts';
import { getTruth, readVerdicts } from '../../support/verdicts.mts';

type Verdicts = Partial<Record<Check, Result>>;

/** An account as the specification has it, with more conversions than fit in a page. */
const SPECIFIED: Record<Check, Result> = {
	keyAccepted: 'yes',
	conversionsListed: 'yes',
	endDateCounted: 'yes',
	offerFilter: 'yes',
	affiliateFilter: 'yes',
	advertiserFilter: 'yes',
	statusFilter: 'yes',
	pagesOf500: 'yes',
	totalNamed: 'yes',
	uniqueIdInRows: 'no',
	orderIdInRows: 'yes',
	adv1InRows: 'no',
	otherStatuses: 'undecided',
	offersListed: 'yes',
	affiliatesListed: 'yes',
	advertisersListed: 'yes',
	monthInAMinute: 'yes',
	datesNameZone: 'yes',
};

const of = (result: Result, ...checks: readonly Check[]): Verdicts =>
	Object.fromEntries(checks.map((check) => [check, result]));

const LISTS = ['offersListed', 'affiliatesListed', 'advertisersListed'] as const;
/** What no conversion can show where there is none. */
const BY_CONVERSIONS = CHECKS.filter(
	(check) => ![...LISTS, 'keyAccepted', 'conversionsListed', 'monthInAMinute'].includes(check),
);

const QUARTER_MS = 900_000;

/** A clock that always shows the same part of a quarter of an hour: so no seeded date is at its start. */
const now = () => new Date(Math.floor(Date.now() / QUARTER_MS) * QUARTER_MS + 433_000);

/** What each profile changes. */
const EXPECTED: Record<ProfileName, Verdicts> = {
	specified: {},
	empty: of('undecided', ...BY_CONVERSIONS),
	oneConversion: {
		...of('undecided', 'offerFilter', 'affiliateFilter', 'advertiserFilter', 'statusFilter'),
		...of('undecided', 'pagesOf500', 'totalNamed', 'uniqueIdInRows', 'adv1InRows'),
		otherStatuses: 'no',
	},
	fewConversions: { pagesOf500: 'undecided', otherStatuses: 'no' },
	endDateExcluded: { endDateCounted: 'no' },
	fewAndEndDateExcluded: { endDateCounted: 'no', pagesOf500: 'undecided', otherStatuses: 'no' },
	datesIgnored: { endDateCounted: 'undecided' },
	pagesOf100: { pagesOf500: 'no' },
	offerIgnored: { offerFilter: 'no' },
	affiliateIgnored: { affiliateFilter: 'no' },
	advertiserIgnored: { advertiserFilter: 'no' },
	statusIgnored: { statusFilter: 'no' },
	noTotal: { totalNamed: 'no', monthInAMinute: 'undecided' },
	totalAsText: {},
	totalOfPage: { totalNamed: 'no', monthInAMinute: 'undecided' },
	firstGeneration: { datesNameZone: 'no' },
	noLists: { ...of('no', ...LISTS), advertiserFilter: 'undecided' },
	refusedLists: { ...of('no', ...LISTS), advertiserFilter: 'undecided' },
	noOrderIds: { orderIdInRows: 'no' },
	moreMembers: { uniqueIdInRows: 'yes', adv1InRows: 'yes' },
	ownStatus: { otherStatuses: 'yes' },
	noRights: {
		...of('undecided', ...BY_CONVERSIONS, 'monthInAMinute'),
		conversionsListed: 'no',
	},
	noRightsAtAll: {
		...of('undecided', ...BY_CONVERSIONS, 'monthInAMinute', 'keyAccepted'),
		...of('no', 'conversionsListed', ...LISTS),
	},
};

describe('Check Account', () => {
	it.each(Object.keys(PROFILES) as ProfileName[])(
		'gives each check its right result on the account %s',
		async (name) => {
			const cake = new Cake({ ...PROFILES[name], now });
			await cake.start();
			try {
				const run = await cake.check({}, { credential: { ...cake.credential, readOnly: true } });
				const verdicts = readVerdicts(run);
				expect(Object.keys(verdicts)).toEqual([...CHECKS]);
				expect(verdicts).toEqual({ ...SPECIFIED, ...EXPECTED[name] });
				expect(cake.requests).toBeLessThanOrEqual(25);
				cake.end();
			} finally {
				await cake.stop();
			}
		},
	);

	it('expects of no profile what is not true of it', async () => {
		for (const name of Object.keys(PROFILES) as ProfileName[]) {
			const sandbox = await startSandbox(PROFILES[name]);
			const truth = getTruth(PROFILES[name], sandbox);
			await sandbox.close();
			const decided = Object.entries({ ...SPECIFIED, ...EXPECTED[name] }).filter(
				([, result]) => result !== 'undecided',
			);
			expect({ name, ...truth }).toMatchObject(Object.fromEntries(decided));
		}
	});
});
