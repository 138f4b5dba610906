/**
 * What a refusal says when CAKE knows the unique ID already. The vendor documents that `unique_id` is
 * "for deduplication" but not the words, so these are the words such systems use; a refusal that
 * matches none of them stays a refusal, for everyone to see.
 */
export const DUPLICATE_PHRASES: readonly RegExp[] = [
	/\bduplicate[ds]?\b/i,
	/\balready (?:been )?(?:exists?|recorded|received|stored|registered|in use)\b/i,
	/\b(?:unique|transaction)[ _]?id\b.*\b(?:exists|is known|is taken|(?:has been|already) (?:used|processed)|must be unique|not unique)\b/i,
];

/** Another thing that may be there twice: a click that has converted says nothing about the unique ID. */
const OTHER_SUBJECT = /\b(?:click|order|offer|request|ip|lead|email)(?:[ _]?id)?s?\b/i;
const UNIQUE_ID = /\b(?:unique|transaction)[ _]?id\b/i;

/** Whether CAKE refused a conversion because it has one with this unique ID. */
export function saysDuplicate(words: string): boolean {
	if (OTHER_SUBJECT.test(words) && !UNIQUE_ID.test(words)) return false;
	return DUPLICATE_PHRASES.some((phrase) => phrase.test(words));
}
