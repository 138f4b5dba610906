const SUB_IDS = ['s1', 's2', 's3', 's4', 's5'];

/**
 * The names in the URL, each with the token that CAKE fills in. A `#` starts a URL's fragment, and
 * ordinary clients do not send it: a token that CAKE leaves as it is cuts off all that follows. So the
 * tokens that every list of CAKE's has come first, and free text last.
 */
const TOKENS: ReadonlyArray<[name: string, token: string]> = [
	['conversion_id', '#leadid#'],
	['payout', '#price#'],
	['converted_at', '#utcunixtime#'],
	['affiliate_id', '#affid#'],
	['offer_id', '#oid#'],
	['campaign_id', '#campid#'],
	['creative_id', '#cid#'],
	['transaction_id', '#tid#'],
	...SUB_IDS.map((name): [string, string] => [name, `#${name}#`]),
];

export const KEY_NAME = 'key';
/** Stands at the very end. Where it is missing, the URL did not arrive whole. */
export const END_NAME = 'end';
export const END_VALUE = '1';

export const TOKEN_NAMES = TOKENS.map(([name]) => name);
export const ID_NAMES = ['conversion_id', 'offer_id', 'affiliate_id', 'campaign_id', 'creative_id'];
export const TEXT_NAMES = ['transaction_id', ...SUB_IDS];

/** What a user adds to the URL of the webhook. */
export const URL_BLOCK = [
	`?${KEY_NAME}=YOUR-SECRET`,
	...TOKENS.map(([name, token]) => `${name}=${token}`),
	`${END_NAME}=${END_VALUE}`,
].join('&');

/** Whether a value is a token that CAKE did not fill in. */
export function isUnfilled(value: string): boolean {
	return /^#\w+#$/.test(value);
}
