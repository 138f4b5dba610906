/** Parameters of a query that an account may ignore. `dates` are both of them. */
export const IGNORABLE_FILTERS = [
	'advertiser_id',
	'affiliate_id',
	'conversion_status',
	'dates',
	'offer_id',
] as const;

/** Members that the specification's rows of a query lack, but rows of other accounts may have. */
export const EXTRA_MEMBERS = ['adv1', 'advertiser_id', 'unique_id'] as const;

/** How the list of conversions is served, where the specification leaves it open. */
export interface ListForm {
	/** `refused`: the user of the key may not read it. Default `served`. */
	access: 'served' | 'refused';
	/** Default none. */
	ignoredFilters: ReadonlyArray<(typeof IGNORABLE_FILTERS)[number]>;
	/** Whether rows have the order ID of their sale. Default true. */
	hasOrderIds: boolean;
	/** Default none. With `adv1`, each seeded conversion has one. */
	extraMembers: ReadonlyArray<(typeof EXTRA_MEMBERS)[number]>;
	/** A status that every tenth conversion shows, and that no filter finds. Default none. */
	ownStatus: string | undefined;
}

export const DEFAULT_LIST: ListForm = {
	access: 'served',
	ignoredFilters: [],
	hasOrderIds: true,
	extraMembers: [],
	ownStatus: undefined,
};
