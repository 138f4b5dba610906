const HIDDEN = '*****';

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
};

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** All forms of a character: as it is, escaped in JSON, percent-encoded, as an HTML entity. */
function toEncodedPattern(character: string): string {
	const code = character.charCodeAt(0);
	const percent = /[\ud800-\udfff]/.test(character) ? character : encodeURIComponent(character);
	return [
		`\\\\*${escapeRegExp(character)}`,
		`\\\\+u${code.toString(16).padStart(4, '0')}`,
		escapeRegExp(percent),
		`%${code.toString(16).padStart(2, '0')}`,
		`&#(?:0*${code}|x0*${code.toString(16)});`,
		...(ENTITIES[character] ? [ENTITIES[character]] : []),
		...(character === ' ' ? ['\\+'] : []),
	].join('|');
}

/** A shorter text is no real key, and its removal would damage numbers in a reply. */
const SHORTEST_KEY = 6;

/**
 * Returns a function that replaces the API key in a text, in every form a server could send it back.
 * One search finds all forms.
 */
export function createKeyRedactor(apiKey: string): (text: string) => string {
	if (apiKey.length < SHORTEST_KEY) return (text) => text;
	const forms = [...apiKey].map((character) =>
		/[\w.-]/.test(character) ? escapeRegExp(character) : `(?:${toEncodedPattern(character)})`,
	);
	const pattern = new RegExp(forms.join(''), 'gi');
	return (text) => text.replace(pattern, HIDDEN);
}
