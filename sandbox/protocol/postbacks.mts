/** What may go wrong with a postback. postbackFaults.mts defines each. */
export const POSTBACK_FAULT_KINDS = [
	'twice',
	'late',
	'cut',
	'unfilled',
	'unencoded',
	'forged',
	'burst',
] as const;
export type PostbackFaultKind = (typeof POSTBACK_FAULT_KINDS)[number];

/** A fault that happens at random. */
export interface PostbackFault {
	kind: PostbackFaultKind;
	/** Share of the conversions it hits, 0 to 1. A conversion has at most one: the shares add up. */
	probability: number;
}

/** Where postbacks go. */
export interface PostbackOptions {
	/** With tokens such as #leadid#, as users paste them into CAKE. Each conversion calls all of them. */
	urls: string[];
	/** Default GET. CAKE's method is not documented. The values are in the URL in either case. */
	method?: 'GET' | 'POST';
	faults?: PostbackFault[];
	/** How long a `late` postback waits (ms). Default 5000. */
	lateMs?: number;
}

export const POSTBACK_EXAMPLE =
	'http://localhost:5678/webhook/ID/postback?key=SECRET&conversion_id=#leadid#';

/** Whether a text that a person entered is a URL that can be called. */
export function isPostbackUrl(text: string): boolean {
	return /^https?:\/\//.test(text) && URL.canParse(text);
}

/** A postback that was sent. */
export interface PostbackEntry {
	conversionId: number;
	/** The fault that was played, if any. */
	fault?: PostbackFaultKind;
	/** HTTP status of the answer. Undefined while there is none, and if there never is. */
	status?: number;
}
