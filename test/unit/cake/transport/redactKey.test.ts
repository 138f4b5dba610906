import fc from 'fast-check';
import { createKeyRedactor } from '../../../../nodes/cake/transport/redactKey';

/** Keys that a test could hold: letters, digits and the marks of Base64 and of generated passwords. */
const MARKS = '+/=-_.~!$&\'()*,;:@%#? "<>{}|^`[]\\';
const ALPHABET = [...'abcXYZ0123456789', ...MARKS];
const key = fc
	.string({ unit: fc.constantFrom(...ALPHABET), minLength: 6, maxLength: 40 })
	.filter((text) => text.trim() === text);

const toHex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');
const escapeEach = (escape: (code: number) => string, which: RegExp) => (text: string) =>
	text.replace(which, (one) => escape(one.charCodeAt(0)));

/** What servers do to text that they send back. */
const ENCODERS: Record<string, (text: string) => string> = {
	'percent, as browsers do': encodeURIComponent,
	'percent, lower case': (text) =>
		encodeURIComponent(text).replace(/%../g, (one) => one.toLowerCase()),
	'percent, every mark': escapeEach((code) => `%${toHex(code, 2)}`, /[^a-z0-9]/gi),
	'percent, everything': escapeEach((code) => `%${toHex(code, 2)}`, /[\s\S]/g),
	JSON: (text) => JSON.stringify(text).slice(1, -1),
	'JSON, as .NET writes it': escapeEach((code) => `\\u${toHex(code, 4)}`, /[^a-z0-9 ._-]/gi),
	'JSON with slashes escaped': (text) => JSON.stringify(text).slice(1, -1).replace(/\//g, '\\/'),
	HTML: (text) =>
		text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;'),
	'HTML, decimal': escapeEach((code) => `&#${code};`, /[^a-z0-9]/gi),
	'HTML, hexadecimal': escapeEach((code) => `&#x${toHex(code, 2).toUpperCase()};`, /[^a-z0-9]/gi),
};

const encoders = fc.array(fc.constantFrom(...Object.keys(ENCODERS)), { maxLength: 3 });
const text = fc.string({ unit: fc.constantFrom(...'xyz %&\\/;#u"<é🎂') });

describe('createKeyRedactor', () => {
	it('removes a key in up to three encodings, and nothing around it', () => {
		fc.assert(
			fc.property(key, encoders, text, text, (secret, names, before, after) => {
				const written = names.reduce((shown, name) => ENCODERS[name](shown), secret);
				// Letters and a line break set the key apart, so that no escape goes over its border.
				const reply = `${before}\n[key]${written}[end]\n${after}`;
				const redacted = createKeyRedactor(secret)(reply);
				expect(redacted).toContain('[key]*****[end]');
				expect(redacted.length).toBeLessThanOrEqual(reply.length + 5);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('changes no text without the key', () => {
		fc.assert(
			fc.property(key, text, (secret, reply) => {
				fc.pre(!reply.includes(secret));
				expect(createKeyRedactor(secret)(reply)).toBe(reply);
			}),
		);
	});

	it('removes each of several keys', () => {
		const redact = createKeyRedactor('ab/cd-12');
		expect(redact('1 ab/cd-12 2 ab%2Fcd-12 3 AB\\/CD-12 4 ab&#47;cd&#x2D;12 5')).toBe(
			'1 ***** 2 ***** 3 ***** 4 ***** 5',
		);
	});

	it('leaves a reply alone when the key is too short to be one', () => {
		expect(createKeyRedactor('12345')('row 12345')).toBe('row 12345');
	});

	it.each([
		['backslashes', '\\'],
		['percent signs', '%'],
		['ampersands', '&'],
		['plus signs', '+'],
		['beginnings of the key', '+++++'],
	])('reads a long reply of %s with work that grows with its length', (_, part) => {
		const wanted = '+++++key-0123456789';
		// A quadratic search of this length would take hours.
		const reply = part.repeat(300_000 / part.length);
		expect(createKeyRedactor(wanted)(`${reply}\n${wanted}`)).toBe(`${reply}\n*****`);
	});
});
