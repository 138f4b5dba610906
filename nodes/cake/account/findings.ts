/** The questions that an account is asked, in the order of the answers. */
export const CHECKS = [
	'keyAccepted',
	'conversionsListed',
	'endDateCounted',
	'offerFilter',
	'affiliateFilter',
	'advertiserFilter',
	'statusFilter',
	'pagesOf500',
	'totalNamed',
	'uniqueIdInRows',
	'orderIdInRows',
	'adv1InRows',
	'otherStatuses',
	'offersListed',
	'affiliatesListed',
	'advertisersListed',
	'monthInAMinute',
	'datesNameZone',
] as const;
export type Check = (typeof CHECKS)[number];

/** `undecided`: what CAKE answered proves neither. */
export type Result = 'yes' | 'no' | 'undecided';

/** Why a check is not decided, or which kind of no it is. */
export type Reason =
	/** A request of the check failed; `detail` says how. */
	| 'failed'
	/** The requests or the time of the whole run were used up. */
	| 'notAsked'
	/** CAKE refused the key, so nothing more was asked. */
	| 'keyRefused'
	/** CAKE refused, but its words do not say that it was because of the key. */
	| 'refusedOtherwise'
	/** The conversions could not be read. */
	| 'notListed'
	/** The account has no conversions to decide it by. */
	| 'noConversions'
	/** Too few of them. */
	| 'fewConversions'
	/** The rows do not show what is needed. */
	| 'notShown'
	/** All rows have the same value. */
	| 'oneValue'
	/** CAKE listed none where it should have listed some. */
	| 'noneListed'
	/** CAKE lists conversions of days on which there can be none. */
	| 'datesIgnored'
	/** What was read does not fit together; the account may have changed meanwhile. */
	| 'unclear'
	/** There are more conversions than were read. */
	| 'partlyRead'
	/** Some are so and some otherwise. */
	| 'mixed'
	/** CAKE names no total. */
	| 'noTotal'
	/** CAKE names a total that contradicts the rows beside it. */
	| 'wrongTotal';

/** Numbers that a finding rests on. Their names become members of the output. */
export type Evidence = Record<string, number>;

/** The answer to one question, as facts. The operation puts it into words. */
export interface Finding {
	check: Check;
	result: Result;
	reason?: Reason | undefined;
	evidence: Evidence;
	/** CAKE's own words about a failure, without the API key. */
	detail?: string | undefined;
}

export function decide(check: Check, isYes: boolean, evidence: Evidence = {}): Finding {
	return { check, result: isYes ? 'yes' : 'no', evidence };
}

export function leaveOpen(check: Check, reason: Reason, evidence: Evidence = {}): Finding {
	return { check, result: 'undecided', reason, evidence };
}
