/** The statuses of the specification. */
export const STATUSES = ['approved', 'pending', 'rejected'] as const;
export type Status = (typeof STATUSES)[number];

/** Order of the rows of a query. CAKE's is unknown; each of these is stable by date and ID. */
export type Order = 'newest' | 'oldest' | 'shuffled';

/** An offer. A conversion takes payout, revenue (account currency) and status from it. */
export interface Offer {
	offerId: number;
	name: string;
	advertiserId: number;
	active: boolean;
	payout: number;
	revenue: number;
	/** Status of a newly recorded conversion. */
	newStatus: 'approved' | 'pending';
}

/** A tracked click: what a conversion is recorded against. `expiresAt` is epoch ms. */
export interface Click {
	clickId: string;
	offerId: number;
	affiliateId: number;
	active: boolean;
	expiresAt: number;
}

/** A stored conversion. `at` is the instant of `conversion_date` (epoch ms, whole seconds). */
export interface Conversion {
	conversionId: number;
	clickId: string;
	offerId: number;
	affiliateId: number;
	advertiserId: number;
	payout: number;
	revenue: number;
	at: number;
	status: Status;
	orderId?: string;
	uniqueId?: string;
	/** adv1 to adv5 as given; stored, never sent back (specification's samples). */
	adv?: Record<string, string>;
	/** Notes of all updates, oldest first. */
	notes: string[];
	/** Texts that CAKE shows in a form of its own. The members above keep what was sent. */
	shown?: Partial<ShownTexts>;
}

/** The texts of a conversion as a reply shows them: some trackers make a number of an ID. */
export interface ShownTexts {
	clickId: string | number;
	orderId?: string | number;
	uniqueId?: string | number;
}

/** A conversion as a reply shows it. */
export type ShownConversion = Omit<Conversion, keyof ShownTexts> & ShownTexts;

/** Something that happened to a conversion, in order: what a campaign is checked against. */
export interface AccountEvent {
	seq: number;
	/** Epoch ms of the account's clock. */
	at: number;
	/** `recorded` and `updated` came over HTTP; the others were done by the test or by `…WhilePaging`. */
	kind: 'recorded' | 'updated' | 'added' | 'statusSet' | 'removed';
	conversionId: number;
	status: Status;
	previousStatus?: Status;
	note?: string;
}
