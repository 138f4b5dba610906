import fc from 'fast-check';

import { readDuplicateMessage } from '../../../../nodes/cake/conversions/duplicateMessages';
import { chooseCount } from '../../../support/scale.mts';

/** What was sent with the conversions of these tests. */
const SENT = ['abc123', '12345', 'TXN-1', 'SO-1001', '5.00'];

const NAMING_THE_ID = [
	'Duplicate unique ID',
	'Duplicate unique_id: TXN-1',
	'Duplicate unique_id TXN-1',
	'Duplicate unique_id=TXN-1',
	'duplicate transaction id',
	'DUPLICATE TRANSACTION ID',
	'Error 409: Duplicate Transaction Id',
	'Duplicate unique ID detected',
	'Duplicate unique_ids are not allowed',
	'Duplicate unique_id, conversion not recorded',
	'Duplicate unique_id - conversion ignored',
	'Duplicate unique_id for offer 12345',
	'Duplicate value for unique_id',
	"Duplicate entry 'TXN-1' for key 'unique_id'",
	'Duplicate conversion for transaction ID TXN-1',
	'Conversion rejected: duplicate unique_id (order 55)',
	'Conversion rejected, duplicate unique_id',
	'Offer 12345! Duplicate unique_id',
	'Offer 12345 – duplicate unique ID',
	'Offer 12345 — duplicate unique ID',
	'Conversion rejected due to duplicate transaction ID',
	'Conversion rejected because the unique ID already exists',
	'Conversion has a duplicate unique ID',
	'Non-unique transaction ID',
	'unique_id already exists',
	'Unique ID exists already',
	'unique_id TXN-1: already exists',
	'Unique ID already exists: offer 12345',
	'Transaction ID already exists',
	'Transaction ID already exists for offer 12345',
	'Transaction ID already exists for this click ID',
	'Transaction ID TXN-1 for offer 12345 already exists',
	'Transaction ID has already been used',
	'transaction id has been used',
	'The provided unique_id has already been used.',
	'The transaction id has already been taken.',
	'transaction_id: has already been taken',
	'{"unique_id":["already exists"]}',
	'unique_id: Duplicate value',
	'Invalid unique ID: already used',
	'Unique ID TXN-1 exists',
	'Unique ID already processed',
	'Unique ID was used before',
	'This unique ID is already in use',
	'The UniqueID 4711 is known',
	'unique_id (TXN-1) already exists',
	'Unique ID: TXN-1 already exists',
	'Unique ID already exists, please use another one',
	'Transaction ID already used by another conversion',
	'The unique ID is a duplicate',
	'Unique ID TXN-1 is a duplicate of conversion 4456789',
	"unique_id 'TXN-1' is not unique",
	"This unique ID isn't unique",
	'This unique ID isn’t unique',
	'unique_id must be unique',
	'unique_id: must be unique',
	'Unique ID must be unique per offer.',
	'A conversion with this unique ID was already recorded',
	'A conversion with unique_id TXN-1 has already been recorded.',
	'Conversion with this transaction_id already exists',
	'Another conversion with this transaction ID exists',
	'Conversion already exists with this unique ID',
	'Conversion already recorded for unique_id TXN-1',
	'There is already a conversion with this unique ID',
	'There already exists a conversion with this unique ID',
	'We have already received this transaction ID',
	'Unable to record conversion: unique ID already exists',
	'Click abc123: unique ID already exists',
	'Click found. Unique ID already exists.',
	'Duplicate click; duplicate unique_id',
];

const UNNAMED = [
	'Duplicate',
	'Duplicate.',
	'This is a DUPLICATE.',
	'Not unique',
	'Error 409: Duplicate',
	'Conversion rejected: duplicate',
	'Duplicate, conversion not recorded',
	'Duplicate: TXN-1',
	'Duplicate TXN-1',
	'Already exists',
	'Already recorded',
	// TUNE and Everflow
	'Duplicate Conversion',
	'Conversion is a duplicate',
	'Duplicate of conversion 4456789',
	// Trackdesk
	'Conversion already exists',
	// Affise
	'Conversion exists',
	'Conversion 4456789 already exists',
	'Conversion already recorded',
	'Duplicate transaction',
	'The transaction has already been recorded',
	'Duplicate record',
	'Duplicate entry',
	'Duplicate ID',
	'This ID is already in use',
	'ID TXN-1 already exists',
	'This ID is a duplicate',
	// These may only list the ID among the other values that were sent.
	'Duplicate: unique_id',
	'Duplicate conversion (unique ID TXN-1)',
	'Duplicate conversion: unique_id TXN-1',
];

const SAYING_SOMETHING_ELSE = [
	'',
	'Invalid API Key',
	'Inactive Offer: 12345',
	'Click Expired: abc123',
	'Conversion Not Found: 4456789',
	'Invalid Transaction ID',
	'Transaction ID is missing',
	'Unique ID is too long',
	'Unknown parameter: unique_id',
	'Too many requests',
	// Another subject
	'Duplicate click',
	'Duplicate click ID',
	'Duplicate click for unique ID TXN-1',
	'This click has already converted',
	'Duplicate order ID for this offer',
	'Order already processed',
	'The imported event includes an order ID that was previously recorded',
	'Duplicate Lead', // CAKE's reply to a lead post
	'Duplicate email',
	'Duplicate: email',
	'email: already exists',
	'Duplicate session',
	'Duplicate visitor',
	'Duplicate device',
	'Duplicate customer',
	'Duplicate affiliate ID',
	'Duplicate phone number',
	'Duplicate IP address',
	'Duplicate fingerprint',
	'Duplicate: fingerprint',
	'fingerprint: already exists',
	'Duplicate adv1',
	'Duplicate: adv1',
	'Duplicate parameter: unique_id',
	'Parameter given twice: unique_id',
	'Duplicate API key',
	'Duplicate conversion ID',
	'Conversion ID already exists',
	'Conversion SO-1001 ID is not unique',
	'Duplicate request detected, conversion not stored',
	'Transaction number already registered',
	'Campaign already exists',
	'Conversion already exists for this click',
	'Advertiser budget already recorded as exhausted',
	'The click with this unique ID was already recorded',
	"The unique ID's click was already recorded",
	'The unique ID, click abc123, already exists',
	'Unique ID and click already exist',
	'Click or unique ID already exists',
	'Unique ID already used by another affiliate',
	'Unique ID device already exists',
	'Unique ID received, click expired',
	// The ID in one clause, the duplicate in another
	'Duplicate click. Unique ID OK.',
	'The unique ID is fine, but the click was already recorded',
	'Unique ID OK, click already recorded',
	// Negations and conditions
	'Not a duplicate, but the cap is reached',
	'No duplicate found',
	"This isn't a duplicate",
	'No conversion with this unique ID exists',
	'unique_id is unique',
	'Not converted: duplicate unique_id',
	'If the unique ID already exists, send another',
	'Duplicate unique ID not found',
	'Duplicate unique_id: no',
	'Duplicate unique_id=false',
	'Duplicate unique ID: passed',
	'Duplicate unique ID (allowed)',
	'Duplicate unique ID? No.',
	'Duplicate unique ID?',
	'Duplicate unique ID, none',
	'Duplicate unique ID…',
	// About duplicates in general
	'Duplicate unique ID check is disabled',
	'Duplicate unique IDs are allowed',
	'Possible duplicate unique ID',
	'unique_id must be unique, at most 50 characters',
	'Recorded already too late',
	'The campaign exists no more',
];

const ID_NAMES: Array<[name: string, reason: string]> = [
	['unique_id', 'the parameter in the article'],
	['unique ID', 'the same, written by a person'],
	['unique-id', 'the same, hyphenated'],
	['uniqueId', 'the same, in camel case'],
	['UNIQUEID', 'the same, in capitals'],
	['unique identifier', 'the same, spelled out'],
	['transaction_id', 'the name in other trackers'],
	['transaction ID', "the name in CAKE's interface"],
	['TransactionID', 'the same, in Pascal case'],
	['transaction identifier', 'the same, spelled out'],
	['transaction reference', "the article's description"],
	['unique transaction reference', "all of the article's description"],
	['unique transaction ID', 'a mixture of both'],
	['txid', 'short in other trackers'],
	['txn_id', 'short in payment systems'],
];
const OTHER_NAMES: Array<[name: string, reason: string]> = [
	['tid', 'it may be a tracking or terminal ID'],
	['uid', 'it may be a user ID'],
	['ID', 'it may be any ID'],
	['transaction', 'it is the conversion itself'],
	['conversion ID', 'it is the number CAKE gives'],
	['conversion_id', 'it is the number CAKE gives'],
	['click transaction ID', 'it is a number of the click'],
	['non-unique ID', 'it is another ID'],
	['unique click ID', 'it is the click ID'],
	['order reference', 'it is the order ID'],
	['transaction number', 'nobody calls the ID that'],
	['unique_id_hash', 'it is another parameter'],
	["unique ID's click", 'it is the click'],
];

const STATEMENTS: Array<(subject: string) => string> = [
	(subject) => `Duplicate ${subject}`,
	(subject) => `Duplicate ${subject} detected`,
	(subject) => `Conversion rejected: duplicate ${subject}`,
	(subject) => `${subject} already exists`,
	(subject) => `This ${subject} has already been used.`,
	(subject) => `The ${subject} is a duplicate`,
	(subject) => `${subject} is not unique`,
	(subject) => `${subject} must be unique`,
	(subject) => `Conversion with this ${subject} already exists`,
	(subject) => `There is already a conversion with this ${subject}`,
	(subject) => `Already recorded ${subject}`,
];
/** Sentences with a gap, and the words that may stand in it. */
const SENTENCES: Array<[sentence: (word: string) => string, words: string]> = [
	[(word) => `Duplicate ${word} unique ID`, 'a an the this that your our same key value values'],
	[(word) => `Duplicate unique ID ${word}`, 'given provided supplied specified'],
	[(word) => `Unique ID ${word} already in use`, 'is are was were be been has have had'],
	[(word) => `${word} already recorded unique ID TXN-1`, 'we you it there'],
	[(word) => `${word} unique ID`, 'duplicate duplicates duplicated non-unique'],
	[(word) => `Unique ID used ${word}`, 'already previously before'],
	[(word) => `Unique ID already ${word}`, 'exist exists known taken recorded received registered'],
	[(word) => `Unique ID already ${word}`, 'stored saved processed submitted tracked used seen'],
	[(word) => `Duplicate ${word} for unique ID`, 'conversion conversions transaction transactions'],
	[(word) => `Duplicate ${word} for unique ID`, 'record entry'],
	[
		(word) => `${word} conversion with unique ID exists`,
		'another existing previous earlier different',
	],
	[
		(word) => `${word} duplicate unique ID`,
		'invalid rejected refused declined ignored skipped failed',
	],
	[
		(word) => `${word} duplicate unique ID`,
		'discarded error found detected unable http code status',
	],
	[(word) => `${word} duplicate unique ID`, 'message reason due because since as of with'],
	[(word) => `Unique ID exists ${word} offer 5`, 'for in on at by to of from with under per'],
	[
		(word) => `Unique ID exists for ${word} 5`,
		'offer offer_id campaign campaign_id click click_id',
	],
	[(word) => `Unique ID exists for ${word} 5`, 'order order_id affiliate affiliate_id advertiser'],
	[
		(word) => `Unique ID exists for ${word} 5`,
		'advertiser_id lead email session visitor device phone',
	],
	[(word) => `Unique ID exists for ${word} 5`, 'customer ip account network system database'],
];
const DENIALS = [
	...'no none false 0 not never without cannot neither nor if unless whether'.split(' '),
	...'may might could would should'.split(' '),
];
const ANSWERS = 'allowed permitted accepted ok okay fine passed valid disabled off'.split(' ');
const OTHER_SUBJECTS = [
	...'click|click ID|click_id|order|order ID|email|lead|session|visitor|device'.split('|'),
	...'customer|affiliate ID|phone number|parameter adv1|adv1|campaign|budget|IP'.split('|'),
	...'IP address|offer|request|voucher|fingerprint|zebra|订单|conversion ID'.split('|'),
	...["click's transaction ID", 'unique click ID', "unique ID's click"],
];
const NEGATIONS = [
	...'Not a|No|Never a|Without a|This is not a|Cannot be a|Neither|Not sent.'.split('|'),
	...["This isn't a", 'It doesn’t say', 'If', 'Unless', 'None:'],
];
/** Values that look like CAKE's words, and values that a pattern could stumble over. */
const HOSTILE_VALUES = [
	...'duplicate|Duplicate|already exists|TXN already exists|exists|no duplicate|not|No'.split('|'),
	...'unique ID|unique_id|Duplicate unique ID|ID already exists|transaction ID used.'.split('|'),
	...'email|click|order|conversion|a|I|IN|é|订单|.|:|, |).|.*|(?:|[|\\|$&|\n| |'.split('|'),
];

const idName = fc.constantFrom(...ID_NAMES.map(([name]) => name));
const statement = fc.constantFrom(...STATEMENTS);
const anyText = fc.string({ unit: 'grapheme', maxLength: 30 });
const anyValues = fc.array(fc.oneof(fc.constantFrom(...HOSTILE_VALUES), anyText), { maxLength: 5 });
/** One word that no statement contains. */
const plainValue = fc.oneof(
	fc.uuid(),
	fc.emailAddress().filter((address) => /^[a-z0-9.@]+$/i.test(address)),
	fc.stringMatching(/^TXN-[0-9]{1,9}$/),
	fc.stringMatching(/^[α-ω]{2,12}$/),
);

const getWords = (text: string): string[] =>
	text
		.normalize('NFC')
		.toLowerCase()
		.match(/[\p{L}\p{N}\p{M}_-]+/gu) ?? [];
/** Whether removing the value from the message would change it. */
const isIn = (value: string, message: string) =>
	getWords(value).some((word) => getWords(message).includes(word)) ||
	(value.trim() !== '' && message.includes(value.trim()));
const RUNS = { numRuns: chooseCount(500, 2_000) };

describe('readDuplicateMessage', () => {
	it.each(NAMING_THE_ID)('reads the unique ID as the duplicate in %p', (message) => {
		expect(readDuplicateMessage(message, SENT)).toBe('uniqueId');
	});

	it.each(UNNAMED)('reads a duplicate of something unnamed in %p', (message) => {
		expect(readDuplicateMessage(message, SENT)).toBe('unnamed');
	});

	it.each(SAYING_SOMETHING_ELSE)('reads no duplicate in %p', (message) => {
		expect(readDuplicateMessage(message, SENT)).toBeUndefined();
	});

	it.each(ID_NAMES)('takes %p for the unique ID: %s', (name) => {
		for (const state of STATEMENTS) {
			expect(readDuplicateMessage(state(name), [])).toBe('uniqueId');
		}
	});

	it.each(OTHER_NAMES)('does not take %p for the unique ID: %s', (name) => {
		for (const state of STATEMENTS) {
			expect(readDuplicateMessage(state(name), [])).not.toBe('uniqueId');
		}
	});

	it.each(SENTENCES.flatMap(([sentence, words]) => words.split(' ').map((word) => sentence(word))))(
		'recognizes each word of %p',
		(message) => {
			expect(readDuplicateMessage(message, [])).toBe('uniqueId');
		},
	);

	it.each(DENIALS)('reads no duplicate after %p', (word) => {
		expect(readDuplicateMessage(`${word}: duplicate unique ID`, [])).toBeUndefined();
	});

	it.each([...DENIALS, ...ANSWERS])('reads no duplicate when the answer is %p', (word) => {
		expect(readDuplicateMessage(`Duplicate unique ID: ${word}`, [])).toBeUndefined();
		expect(readDuplicateMessage(`Duplicate unique ID, ${word}`, [])).toBeUndefined();
	});

	it('reads no duplicate in a text of more than 2,000 characters', () => {
		const statementAndMore = (length: number) => 'Duplicate unique ID. '.padEnd(length, 'x');
		expect(readDuplicateMessage(statementAndMore(2000), [])).toBe('uniqueId');
		expect(readDuplicateMessage(statementAndMore(2001), [])).toBeUndefined();
	});

	// A pattern that backtracks would exceed the test's timeout.
	it.each([
		'1 ',
		'unique id ',
		'for offer 1 ',
		'(1) ',
		': ',
		'conversion ',
		'rejected 1 ',
		'-',
		"'",
	])('reads %p repeated, in time, as no duplicate unique ID', (part) => {
		const repeated = part.repeat(2000 / part.length - 8);
		for (const message of [repeated, `unique id ${repeated}`, `duplicate ${repeated}`]) {
			expect(readDuplicateMessage(message, [`${repeated}x`])).not.toBe('uniqueId');
		}
	});
});

describe('readDuplicateMessage, with our own values echoed', () => {
	it.each<[message: string, ownValues: string[], answer: string | undefined, why: string]>([
		['Duplicate email', ['email'], undefined, 'the word is the subject'],
		['Duplicate: email', ['email'], undefined, 'the word is the subject'],
		['Duplicate click', ['click'], undefined, 'the word is the subject'],
		['Duplicate order', ['order'], undefined, 'the word is the subject'],
		['Unique ID click already exists', ['click'], undefined, 'a subject is never an echo'],
		['No duplicate', ['no'], undefined, 'the negation is there'],
		['Invalid order: Duplicate', ['Duplicate'], undefined, 'the value made the duplicate'],
		['Order: DUPLICATE', ['duplicate'], undefined, 'in any case of letters'],
		['Duplicate  unique ID', ['duplicate unique ID'], undefined, 'however it is spaced'],
		['Duplicate unique ID', [' duplicate  unique ID '], undefined, 'however it is spaced'],
		[
			'cafe\u0301: duplicate unique ID',
			['café: duplicate unique ID'],
			undefined,
			'however é is encoded',
		],
		['Rejected: (duplicate', ['(duplicate'], undefined, 'a value is no pattern'],
		['Duplicate unique ID', ['unique ID'], undefined, 'the value is the name'],
		['Duplicate', ['duplicate'], undefined, 'nothing is left'],
		['Unique ID order-5 already exists', [], 'uniqueId', 'a word with a digit is a value'],
		['Unique ID ABC already exists', [], undefined, 'an unknown word is no value'],
		['Unique ID ABC already exists', ['ABC'], 'uniqueId', 'our own word is a value'],
		['Unique ID Alpha deal already exists', ['Alpha deal'], 'uniqueId', 'two words are a value'],
		['Unique ID ABC deal already exists', ['ABC', 'ABC deal'], 'uniqueId', 'the longest first'],
		['Unique ID already exists for click ABC', ['ABC'], 'uniqueId', 'a value may follow a name'],
		['Unique ID (ABC) already exists', ['ABC'], 'uniqueId', 'a value may stand in parentheses'],
		['Unique ID A+B already exists', ['A+B'], 'uniqueId', 'a value may hold any sign'],
		['Unique ID X, Y already exists', ['X, Y'], undefined, 'its comma ends the clause'],
		['Duplicate unique_id: X, Y', ['X, Y'], 'uniqueId', 'a comma is harmless at the end'],
		['Duplicate unique ID', ['ID'], 'uniqueId', 'the code of Indonesia is no echo'],
		['Transaction ID already exists', ['transaction'], 'uniqueId', 'a conversion is no echo'],
		['A unique ID already in use', ['a', 'in', 'IS'], 'uniqueId', 'filler words are no echo'],
		['Duplicate unique ID', ['unique', 'id'], 'uniqueId', 'a part of the name is no echo'],
	])('reads %p, sent with %j, as %p: %s', (message, ownValues, answer) => {
		expect(readDuplicateMessage(message, ownValues)).toBe(answer);
	});

	it.each('click order lead email session visitor device customer phone ip'.split(' '))(
		'does not take %p after the name of the ID for an echo',
		(word) => {
			expect(readDuplicateMessage(`Unique ID ${word} already exists`, [word])).toBeUndefined();
		},
	);

	it.each(['5', 'x', 'é', '订', '\u{10428}', 'x\u0323', 'x_', 'x-'])(
		'does not take a value that begins after %p for an echo',
		(before) => {
			const message = '12: duplicate unique ID';
			expect(readDuplicateMessage(message, [message])).toBeUndefined();
			expect(readDuplicateMessage(before + message, [message])).toBe('uniqueId');
		},
	);

	it.each(['5', 'x', 'é', '订', '\u{10428}', '\u0323', '_5', '-5'])(
		'does not take a value that ends before %p for an echo',
		(after) => {
			const message = 'Duplicate unique ID: 12';
			expect(readDuplicateMessage(message, [message])).toBeUndefined();
			expect(readDuplicateMessage(message + after, [message])).toBe('uniqueId');
		},
	);
});

describe('readDuplicateMessage, for any sentence', () => {
	it('reads no duplicate when the subject is another thing, with any values sent', () => {
		fc.assert(
			fc.property(
				statement,
				fc.constantFrom(...OTHER_SUBJECTS),
				anyValues,
				(state, subject, values) => {
					const message = state(subject);
					expect(readDuplicateMessage(message, [])).toBeUndefined();
					expect(readDuplicateMessage(message, [...values, subject])).toBeUndefined();
				},
			),
			RUNS,
		);
	});

	it('reads no duplicate after a negation or a condition, with any values sent', () => {
		const subject = fc.oneof(idName, fc.constantFrom('', 'conversion', ...OTHER_SUBJECTS));
		fc.assert(
			fc.property(
				fc.constantFrom(...NEGATIONS),
				statement,
				subject,
				anyValues,
				(negation, state, name, values) => {
					const message = `${negation} ${state(name)}`;
					expect(readDuplicateMessage(message, [...values, negation])).toBeUndefined();
				},
			),
			RUNS,
		);
	});

	it('reads no duplicate that only an echoed value names', () => {
		const base = fc.oneof(
			fc.constantFrom(...SAYING_SOMETHING_ELSE),
			fc.tuple(statement, fc.constantFrom(...OTHER_SUBJECTS)).map(([state, name]) => state(name)),
		);
		const echo = fc.oneof(fc.constantFrom(...HOSTILE_VALUES), anyText, plainValue);
		fc.assert(
			fc.property(base, echo, fc.nat(), anyValues, (message, value, at, values) => {
				const words = message.split(' ');
				words.splice(at % (words.length + 1), 0, value);
				const others = values.filter((other) => !isIn(other, message));
				expect(readDuplicateMessage(words.join(' '), [...others, value])).toBeUndefined();
			}),
			RUNS,
		);
	});

	it('does not read the unique ID when only an echoed value names it', () => {
		const echo = fc.oneof(fc.constantFrom(...HOSTILE_VALUES), anyText);
		fc.assert(
			fc.property(
				fc.constantFrom(...UNNAMED),
				echo,
				fc.nat(),
				anyValues,
				(message, value, at, values) => {
					const words = message.split(' ');
					words.splice(at % (words.length + 1), 0, value);
					expect(readDuplicateMessage(words.join(' '), [...values, value])).not.toBe('uniqueId');
				},
			),
			RUNS,
		);
	});

	it('reads the unique ID in plain words, unless one of them is a value we sent', () => {
		const echoes: Array<(name: string, value: string) => string> = [
			(name) => name,
			(name, value) => `${name} ${value}`,
			(name, value) => `${name} '${value}'`,
			(name, value) => `${name} (${value})`,
		];
		fc.assert(
			fc.property(
				statement,
				idName,
				plainValue,
				fc.constantFrom(...echoes),
				anyValues,
				(state, name, value, echo, values) => {
					const message = state(echo(name, value));
					const others = values.filter((other) => !isIn(other, message));
					expect(readDuplicateMessage(message, [...others, value])).toBe('uniqueId');
				},
			),
			RUNS,
		);
	});
});
