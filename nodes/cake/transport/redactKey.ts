const HIDDEN = '*****';

/** A key this short is none. Its removal would tear numbers in a reply apart. */
const SHORTEST_KEY = 6;

/** A server may escape what is escaped already, and its JSON does so once more. */
const MAX_DEPTH = 3;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** One way to escape a character: how it looks, and what it stands for. */
interface Escape {
	pattern: RegExp;
	read(escaped: string): string;
}

const ESCAPES: Escape[] = [
	{
		// For URLs: the UTF-8 bytes of one character.
		pattern:
			/%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi,
		read(escaped) {
			try {
				return decodeURIComponent(escaped);
			} catch {
				return escaped;
			}
		},
	},
	{
		// For JSON.
		pattern: /\\u[\da-f]{4}|\\./gis,
		read: (escaped) =>
			escaped.length > 2 ? String.fromCharCode(parseInt(escaped.slice(2), 16)) : escaped.slice(1),
	},
	{
		// For HTML.
		pattern: /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi,
		read(escaped) {
			const name = escaped.slice(1, -1).toLowerCase();
			if (!name.startsWith('#')) return ENTITIES[name] ?? escaped;
			const code = Number(name.replace('#x', '0x').replace('#', ''));
			return code > 0x10ffff ? escaped : String.fromCodePoint(code);
		},
	},
];

/** Text after some escapes were removed, and where in the reply each character begins and ends. */
interface Layer {
	text: string;
	starts: number[];
	ends: number[];
}

function removeEscapes({ text, starts, ends }: Layer, { pattern, read }: Escape): Layer {
	const parts: string[] = [];
	const inner: Layer = { text: '', starts: [], ends: [] };
	const add = (part: string, from: number, to: number): void => {
		parts.push(part);
		for (let i = 0; i < part.length; i++) {
			inner.starts.push(starts[from] ?? 0);
			inner.ends.push(ends[to - 1] ?? 0);
		}
	};
	let position = 0;
	for (const match of text.matchAll(pattern)) {
		for (; position < match.index; position++) add(text.charAt(position), position, position + 1);
		position += match[0].length;
		add(read(match[0]), match.index, position);
	}
	for (; position < text.length; position++) add(text.charAt(position), position, position + 1);
	inner.text = parts.join('');
	return inner;
}

function hasKey(text: string, key: RegExp, depth = MAX_DEPTH): boolean {
	if (text.search(key) >= 0) return true;
	if (depth === 0) return false;
	return ESCAPES.some(({ pattern, read }) => {
		const inner = text.replace(pattern, read);
		return inner !== text && hasKey(inner, key, depth - 1);
	});
}

/** Where a reply has the key, escaped or not. */
function findKey(
	layer: Layer,
	key: RegExp,
	depth = MAX_DEPTH,
): Array<[start: number, end: number]> {
	const found = [...layer.text.matchAll(key)].map(({ index, 0: { length } }): [number, number] => [
		layer.starts[index] ?? 0,
		layer.ends[index + length - 1] ?? 0,
	]);
	if (depth === 0) return found;
	const inner = ESCAPES.filter(({ pattern, read }) => {
		const text = layer.text.replace(pattern, read);
		return text !== layer.text && hasKey(text, key, depth - 1);
	}).map((escape) => removeEscapes(layer, escape));
	return [...found, ...inner.flatMap((one) => findKey(one, key, depth - 1))];
}

function redactEscaped(text: string, key: RegExp): string {
	const starts = Array.from({ length: text.length }, (_, index) => index);
	const ends = starts.map((start) => start + 1);
	const found = findKey({ text, starts, ends }, key);
	found.sort(([left], [right]) => left - right);
	let redacted = '';
	let position = 0;
	for (const [start, end] of found) {
		if (start >= position) redacted += text.slice(position, start) + HIDDEN;
		position = Math.max(position, end);
	}
	return redacted + text.slice(position);
}

/**
 * Returns a function that replaces the API key in a reply by asterisks: as it is, or escaped for URLs,
 * JSON or HTML, up to three times over. It does not find Base64 of a text that has the key in it. Takes time
 * linear in the length of the reply.
 */
export function createKeyRedactor(apiKey: string): (text: string) => string {
	if (apiKey.length < SHORTEST_KEY) return (text) => text;
	const pattern = apiKey.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
	// In a form's encoding a plus is a space.
	const key = new RegExp(pattern.replace(/\\\+| /g, '[+ ]'), 'gi');
	// Other characters may have been escaped with a backslash, which must not stay behind.
	const isPlain = /^[\w.~-]+$/.test(apiKey);
	return (reply) => {
		const text = isPlain ? reply.replace(key, HIDDEN) : reply;
		return hasKey(text, key) ? redactEscaped(text, key) : text;
	};
}
