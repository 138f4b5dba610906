import { trim } from '../values';

const GUID = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/**
 * The form in which order, click and unique IDs are compared: trimmed and in Unicode's composed form.
 * A GUID is in lower case, without braces and hyphens. Other IDs keep their case, since CRM systems
 * have IDs that differ only in case.
 */
export function toReferenceKey(value: unknown): string {
	const text = trim(String(value ?? '')).normalize('NFC');
	const guid = GUID.exec(text);
	return guid ? guid.slice(1).join('').toLowerCase() : text;
}

/**
 * The same in lower case, for click IDs where case must not matter. CAKE makes them, and no two differ
 * only in case. Some servers change the case.
 */
export function toClickKey(clickId: unknown): string {
	return toReferenceKey(clickId).toLowerCase();
}

export function isSameClick(left: unknown, right: unknown): boolean {
	return toClickKey(left) === toClickKey(right);
}

export function isSameReference(left: unknown, right: unknown): boolean {
	return toReferenceKey(left) === toReferenceKey(right);
}
