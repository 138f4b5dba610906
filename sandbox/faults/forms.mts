import type { QuirkDetails, QuirkKind } from '../protocol/options.mts';

/** Changes a text like a tracker does. A number result is a number in JSON. */
type Form = (text: string, details: QuirkDetails) => string | number;
type Forms = Partial<Record<QuirkKind, Form>>;

const MAX_LENGTH = 10;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** JavaScript stores up to 15 digits exactly. */
const SAFE_DIGITS = /^\d{1,15}$/;

export const TEXT_FORMS: Forms = {
	cutText: (text, { maxLength = MAX_LENGTH }) => text.slice(0, maxLength),
	escapeText: (text) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]),
	composeText: (text) => text.normalize('NFC'),
	dropZeros: (text) => text.replace(/^0+(?=\d)/, ''),
	asNumber: (text) => (SAFE_DIGITS.test(text) ? Number(text) : text),
	// A column without Unicode stores a question mark for each UTF-16 unit it cannot hold.
	latin1Text: (text) => text.replace(/[^\u0000-\u00ff]/g, '?'),
	singleSpaces: (text) => text.replace(/ {2,}/g, ' '),
	emptyText: () => '',
};

const GUID = /^\{?[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\}?$/i;
const HYPHEN_PLACES = /([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})/i;

const forGuid =
	(form: Form): Form =>
	(text, details) =>
		GUID.test(text) ? form(text, details) : text;

/** The GUID quirks change GUIDs only. */
export const GUID_FORMS: Forms = {
	guidHyphens: forGuid((guid) =>
		guid.includes('-') ? guid.replaceAll('-', '') : guid.replace(HYPHEN_PLACES, '$1-$2-$3-$4-$5'),
	),
	guidBraces: forGuid((guid) => (guid.startsWith('{') ? guid.slice(1, -1) : `{${guid}}`)),
	guidCase: forGuid((guid) => (/[a-f]/.test(guid) ? guid.toUpperCase() : guid.toLowerCase())),
};
