const HIDDEN = '*****';

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
};

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Every way a character may be written: as it is, escaped in JSON, percent-encoded, as HTML. */
function toEncodedPattern(character: string): string {
	const code = character.charCodeAt(0);
	const percent = /[\ud800-\udfff]/.test(character) ? character : encodeURIComponent(character);
	return [
		`\\\\*${literal(character)}`,
		`\\\\+u${code.toString(16).padStart(4, '0')}`,
		literal(percent),
		`%${code.toString(16).padStart(2, '0')}`,
		`&#(?:0*${code}|x0*${code.toString(16)});`,
		...(ENTITIES[character] ? [ENTITIES[character]] : []),
		...(character === ' ' ? ['\\+'] : []),
	].join('|');
}

/** A key this short is none, and taking it out would tear numbers in a reply apart. */
const SHORTEST_KEY = 6;

/**
 * Makes a function that takes the API key out of text, in every form a server could send it back.
 * Costs one search.
 */
export function createKeyRedactor(apiKey: string): (text: string) => string {
	if (apiKey.length < SHORTEST_KEY) return (text) => text;
	const forms = [...apiKey].map((character) =>
		/[\w.-]/.test(character) ? literal(character) : `(?:${toEncodedPattern(character)})`,
	);
	const pattern = new RegExp(forms.join(''), 'gi');
	return (text) => text.replace(pattern, HIDDEN);
}
