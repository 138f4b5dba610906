/** A piece of HTML. Only `html` makes one. */
class Html {
	constructor(readonly text: string) {}
}

export type { Html };

/** What `html` may have in it. Undefined and false show nothing. */
type Part = string | number | undefined | false | Html | Html[];

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Makes HTML of a template. Escapes every part that is not HTML itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
	const texts = strings.map((string, i) => string + (i < parts.length ? toText(parts[i]) : ''));
	return new Html(texts.join(''));
}

function toText(part: Part): string {
	if (part === undefined || part === false) return '';
	if (part instanceof Html) return part.text;
	if (Array.isArray(part)) return part.map(({ text }) => text).join('');
	return String(part).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}
