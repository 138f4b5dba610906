/**
 * What a refusal says when CAKE knows the unique ID already. The vendor documents that `unique_id` is
 * "for deduplication" but not the words, so these are the words such systems use; a refusal that
 * matches none of them stays a refusal.
 */
export const DUPLICATE_PHRASES: readonly RegExp[] = [
	/\bduplicate[ds]?\b/i,
	/\bduplication\b/i,
	/\balready (?:been )?(?:exists?|recorded|used|processed|received|stored|registered|converted|in use)\b/i,
	/\b(?:unique|transaction)[ _]?id\b.*\b(?:exists|is known|is taken|has been used|must be unique|not unique)\b/i,
];

/** Whether CAKE refused a conversion because it has one with this unique ID. */
export function saysDuplicate(words: string): boolean {
	return DUPLICATE_PHRASES.some((phrase) => phrase.test(words));
}
