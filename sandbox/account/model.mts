/** The statuses of the specification. */
export const STATUSES = ['approved', 'pending', 'rejected'] as const;
export type Status = (typeof STATUSES)[number];

/** Some members of T. An undefined member counts as absent. */
export type Draft<T> = { [K in keyof T]?: T[K] | undefined };

/** Order of a query's rows. CAKE's order is unknown. Each of these depends only on date and ID. */
export type Order = 'newest' | 'oldest' | 'shuffled';

/** Its payout, revenue (account currency) and status are the defaults of its conversions. */
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

/** A tracked click. Each conversion belongs to one. `expiresAt` is epoch ms. */
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
	/** adv1 to adv5 as sent. Replies do not contain them (specification's samples). */
	adv?: Record<string, string>;
	/** Notes of all updates, oldest first. */
	notes: string[];
	/** The texts that CAKE stored in another form. The members above keep what was sent. */
	shown?: Partial<ShownTexts>;
}

/** The texts of a conversion as a reply shows them. Some trackers turn an ID into a number. */
export interface ShownTexts {
	clickId: string | number;
	orderId?: string | number | undefined;
	uniqueId?: string | number | undefined;
}

/** A conversion as a reply shows it. */
export type ShownConversion = Omit<Conversion, keyof ShownTexts> & ShownTexts;

/** A change of a conversion. Campaigns compare their results with these. */
export interface AccountEvent {
	seq: number;
	/** Epoch ms, the account's clock. */
	at: number;
	/** `recorded` and `updated`: over HTTP. The others: by a test or a `…WhilePaging` option. */
	kind: 'recorded' | 'updated' | 'added' | 'statusSet' | 'removed';
	conversionId: number;
	status: Status;
	previousStatus?: Status;
	note?: string;
}
