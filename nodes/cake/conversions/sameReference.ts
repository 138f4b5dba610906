const GUID = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/**
 * The form in which IDs of other systems (order, click and unique IDs) are compared: trimmed, in
 * Unicode's composed form, a GUID without braces and hyphens in lower case. The case of anything else
 * counts: CRM systems have IDs that differ in case alone.
 */
export function toReferenceKey(value: unknown): string {
	const text = String(value ?? '')
		.trim()
		.normalize('NFC');
	const guid = GUID.exec(text);
	return guid ? guid.slice(1).join('').toLowerCase() : text;
}

/**
 * The same for clicks, whose IDs are CAKE's own: no two of them differ in case alone, and servers
 * exist that change it.
 */
export function toClickKey(clickId: unknown): string {
	return toReferenceKey(clickId).toLowerCase();
}

export function isSameClick(left: unknown, right: unknown): boolean {
	return toClickKey(left) === toClickKey(right);
}

/** Whether two IDs of other systems are the same. */
export function isSameReference(left: unknown, right: unknown): boolean {
	return toReferenceKey(left) === toReferenceKey(right);
}
