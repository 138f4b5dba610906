import type { SandboxOptions } from './protocol/options.mts';

/** Enough conversions for several pages. */
const MANY = { rows: 1_200, days: 25 } as const;

/** Accounts that behave each in another way where CAKE's documentation leaves it open. */
export const PROFILES = {
	specified: MANY,
	empty: { rows: 0 },
	oneConversion: { rows: 1 },
	fewConversions: { rows: 60, days: 20 },
	endDateExcluded: { ...MANY, endDateInclusive: false },
	fewAndEndDateExcluded: { rows: 60, days: 20, endDateInclusive: false },
	datesIgnored: { ...MANY, list: { ignoredFilters: ['dates'] } },
	pagesOf100: { ...MANY, maxRowsPerPage: 100 },
	offerIgnored: { ...MANY, list: { ignoredFilters: ['offer_id'] } },
	affiliateIgnored: { ...MANY, list: { ignoredFilters: ['affiliate_id'] } },
	advertiserIgnored: { ...MANY, list: { ignoredFilters: ['advertiser_id'] } },
	statusIgnored: { ...MANY, list: { ignoredFilters: ['conversion_status'] } },
	noTotal: { ...MANY, total: 'absent' },
	totalAsText: { ...MANY, total: 'text' },
	totalOfPage: { ...MANY, total: 'ofPage' },
	firstGeneration: {
		...MANY,
		directory: { envelope: ['response'], wrapped: ['offers', 'affiliates', 'advertisers'] },
		quirks: [
			{ kind: 'responseEnvelope', probability: 1 },
			{ kind: 'nestedObjects', probability: 1 },
			{ kind: 'spacedDates', probability: 1 },
		],
	},
	noLists: { ...MANY, directory: { access: 'absent' } },
	refusedLists: { ...MANY, directory: { access: 'refused' } },
	noOrderIds: { ...MANY, list: { hasOrderIds: false } },
	moreMembers: { ...MANY, list: { extraMembers: ['adv1', 'advertiser_id', 'unique_id'] } },
	ownStatus: { ...MANY, list: { ownStatus: 'Scrubbed' } },
	noRights: { ...MANY, list: { access: 'refused' } },
	noRightsAtAll: { ...MANY, list: { access: 'refused' }, directory: { access: 'refused' } },
} as const satisfies Record<string, SandboxOptions>;

export type ProfileName = keyof typeof PROFILES;
