/**
 * Decides from CAKE's words whether it refused a conversion as a duplicate. CAKE's article documents
 * that `unique_id` is "for deduplication", but no message. The words here are the usual ones of such
 * systems. A refusal wrongly read as a duplicate hides a lost sale. So a statement counts only if all
 * of its words are in the vocabulary below. In doubt a refusal stays a refusal.
 */

/** The thing that exists already: the Unique ID, or one that the message does not name. */
type DuplicateSubject = 'uniqueId' | 'unnamed';

/** A longer text is a page, not a statement. The limit also bounds the work. */
const MAX_LENGTH = 2000;

/** CAKE's possible names for the ID in `unique_id`. */
const ID_NAMES = [
	// The parameter of CAKE's article, as people and as programs write it.
	'unique[ _-]?(?:id|identifier)',
	// The article's "unique transaction reference". CAKE's pixels and other trackers say transaction ID.
	'(?:unique[ _-]?)?transaction[ _-]?(?:id|identifier|reference)',
	// Its short forms. `tid` is missing: it also stands for terminals and tracking links.
	'txn?[ _-]?id',
];
const ID_NAME = new RegExp(
	`(?<![\\p{L}\\p{N}_-])(?:${ID_NAMES.join('|')})s?(?![\\p{L}\\p{N}_-])`,
	'gu',
);

/** Words and punctuation, by meaning. The words with an empty meaning add nothing and are dropped. */
const VOCABULARY = {
	'': `a an the this that there is are was were be been has have had it we you your our
		same key value values given provided supplied specified`,
	uniqueid: 'uniqueid',
	duplicate: 'duplicate duplicates duplicated nonunique',
	already: 'already previously before',
	exists: 'exist exists known taken',
	recorded: 'recorded received registered stored saved processed submitted tracked use used seen',
	conversion: 'conversion conversions transaction transactions record entry',
	id: 'id',
	another: 'another existing previous earlier different',
	outcome: `invalid rejected refused declined ignored skipped discarded failed unable
		error found detected http code status message reason`,
	for: 'for in on at by to of from with under per due because since as',
	// Other things that CAKE may name. These words are never read as an echoed value.
	thing: `offer offerid campaign campaignid click clickid order orderid affiliate affiliateid
		advertiser advertiserid lead email session visitor device customer phone ip account
		network system database`,
	must: 'must',
	unique: 'unique',
	allowed: 'allowed permitted accepted ok okay fine passed valid disabled off',
	not: `no none false 0 not never without cannot neither nor
		if unless whether may might could would should`,
	'.': '. ; !',
	',': ',',
	'(': '(',
	')': ')',
	':': ': - – —',
};
const MEANINGS = new Map(
	Object.entries(VOCABULARY).flatMap(([meaning, words]) =>
		words.split(/\s+/).map((word) => [word, meaning] as const),
	),
);

const VALUES = '(?: #)*';
const CONVERSION = '(?:another )?conversion';
const SCOPE = `(?: for (?:thing(?: id)?|${CONVERSION})${VALUES})*`;
const EXISTS = '(?:(?:already )?exists|exists already|already recorded|recorded already)';
const CLAUSE = '(?:^|[.,:] )';
const START = `${CLAUSE}(?:(?:#|outcome|for|${CONVERSION}) )*`;
const TAIL = `${VALUES}${SCOPE}(?: outcome)*(?: not allowed)?`;
const DETAILS = '(?: (?:#|conversion|outcome|thing|uniqueid))*';
/** "Duplicate unique ID: no" and "Duplicate unique ID: passed" deny what they seem to say. */
const END = `${TAIL}(?: :${DETAILS})?(?=$| \\.| ,(?! (?:not|allowed)\\b)(?!(?: (?:unique|conversion|id))+ (?:not|allowed)(?:$| \\.)))`;
/** "Must be unique, at most 50 characters" is about something else. */
const SENTENCE_END = `${TAIL}(?=$| \\.)`;

/** Statements that name the Unique ID, in the form that `getMeanings` returns. */
const UNIQUE_ID_STATEMENTS = [
	// "Duplicate unique ID", "Duplicate conversion for transaction_id 5"
	`duplicate (?:${CONVERSION}${VALUES} )?(?:for )?uniqueid${END}`,
	// "unique_id TXN-1 already exists", "transaction_id: has already been taken", "is not unique"
	`uniqueid(?: :)?${VALUES}${SCOPE}(?: :)? (?:duplicate|${EXISTS})${END}`,
	`uniqueid(?: :)?${VALUES} must unique${SENTENCE_END}`,
	// "A conversion exists with this unique ID", "There is already a conversion with this unique ID"
	`(?:${EXISTS} (?:${CONVERSION} )?|already ${CONVERSION} )(?:for )?uniqueid${END}`,
].map((statement) => new RegExp(START + statement));

/** Statements that do not name the duplicate thing, in the same form. */
const UNNAMED_STATEMENTS = [
	// "Duplicate", "Duplicate conversion", "Conversion already exists"
	`${START}(?:duplicate(?: conversion| id)?|${EXISTS})${END}`,
	// "This ID already exists", but not "Conversion ID already exists"
	`${CLAUSE}id${VALUES} (?:duplicate|${EXISTS})${END}`,
].map((statement) => new RegExp(statement));

/** Removes differences of case, spaces and the encoding of accents. */
function normalize(text: string): string {
	return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function getMeaning(word: string): string {
	const meaning = MEANINGS.get(word) ?? MEANINGS.get(word.replace(/[-_]/g, ''));
	if (meaning !== undefined) return meaning;
	if (/n['’]t$/.test(word)) return 'not';
	// A word with a digit is a value (TXN-1, 55), unless it is a parameter's name (adv1, s2, sub3).
	return /\p{N}/u.test(word) && !/^[a-z_]+\d$/.test(word) ? '#' : 'other';
}

/** "Duplicate unique_id: TXN-1" becomes "duplicate uniqueid : #". */
function getMeanings(text: string): string {
	const words = text
		.replace(ID_NAME, 'unique_id')
		.replace(/\bbeen used\b/g, 'taken')
		.replace(/\bin use\b/g, 'used')
		.replace(/\b(?:not|isn['’]t) unique\b/g, 'nonunique')
		.match(/[\p{L}\p{N}\p{M}]+(?:[-_'’.@][\p{L}\p{N}\p{M}]+)*|[.;!,():–—?…-]/gu);
	const meanings = (words ?? []).map(getMeaning).filter(Boolean).join(' ');
	// Parentheses around a value add nothing. Others separate their words, as commas do.
	return meanings.replace(/ \(((?: #| other)*) \)/g, '$1').replace(/[()]/g, ',');
}

const ENDS_INSIDE_A_WORD = /[\p{L}\p{N}\p{M}_-]$/u;
const STARTS_INSIDE_A_WORD = /^[\p{L}\p{N}\p{M}_-]/u;
/** Not removed from a message: a sub ID "ID" (Indonesia) would take the ID out of "unique ID". */
const KEPT_MEANINGS = ['unique', 'conversion', 'id'];

/** Removes the values we sent, as whole words. The longest go first, since they may contain others. */
function removeValues(text: string, ownValues: readonly string[]): string {
	const shouldRemove = (value: string) =>
		value !== '' && !KEPT_MEANINGS.includes(getMeaning(value));
	const values = ownValues.map(normalize).filter(shouldRemove);
	values.sort((left, right) => right.length - left.length);
	for (const value of values) {
		text = text.split(value).reduce((left, right) => {
			const isPart = ENDS_INSIDE_A_WORD.test(left.slice(-2)) || STARTS_INSIDE_A_WORD.test(right);
			return left + (isPart ? value : ' ') + right;
		});
	}
	return text;
}

function findSubject(meanings: string): DuplicateSubject | undefined {
	// Nothing counts after a negation or a condition.
	const isStated = (statement: RegExp) => {
		const match = statement.exec(meanings);
		return match !== null && !/\bnot\b/.test(meanings.slice(0, match.index));
	};
	if (UNIQUE_ID_STATEMENTS.some(isStated)) return 'uniqueId';
	const namesOther = /\b(?:other|thing)\b/.test(meanings);
	return UNNAMED_STATEMENTS.some(isStated) && !namesOther ? 'unnamed' : undefined;
}

/**
 * Reads CAKE's refusal of a conversion that had a Unique ID. CAKE may echo the values we sent. So the
 * message is read twice, with and without them, and both readings must agree. Then an echo cannot
 * look like a duplicate, or hide which thing is the duplicate.
 *
 * @param message CAKE's own words, without any of ours around them
 * @param ownValues the values sent with the request, as text
 * @returns 'uniqueId' if the words name the unique or transaction ID, 'unnamed' if they say only
 * "duplicate", undefined if they name another thing or no duplicate
 */
export function readDuplicateMessage(
	message: string,
	ownValues: readonly string[],
): DuplicateSubject | undefined {
	if (message.length > MAX_LENGTH) return undefined;
	const text = normalize(message);
	// Takes unknown words after a name for an echo. If they are none, the second reading disagrees.
	const untouched = getMeanings(text).replace(/\b(uniqueid|thing)( :)?(?: other)+/g, '$1$2 #');
	const subject = findSubject(untouched);
	return subject === findSubject(getMeanings(removeValues(text, ownValues))) ? subject : undefined;
}
