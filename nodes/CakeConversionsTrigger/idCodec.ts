/** Text that does not hold what `encodeIds` wrote. */
export class DamagedIds extends Error {}

/** Seven bits a byte: eight bytes hold any ID up to 2^53-1. */
const LONGEST_VARINT = 8;

/**
 * Conversion IDs as short text: sorted, the gaps between them as varints, base64. Dense IDs take one
 * or two bytes each instead of seven or more digits; n8n writes the text to its database.
 * @param ids positive whole numbers up to 2^53-1, in any order; repeated ones count once
 */
export function encodeIds(ids: Iterable<number>): string {
	const sorted = Float64Array.from(ids).sort();
	const bytes = Buffer.alloc(sorted.length * LONGEST_VARINT);
	let length = 0;
	let before = 0;
	for (const id of sorted) {
		let gap = id - before;
		if (gap === 0) continue;
		// Division, not shifts: those end at 32 bits.
		for (; gap >= 128; gap = Math.floor(gap / 128)) bytes[length++] = (gap % 128) + 128;
		bytes[length++] = gap;
		before = id;
	}
	return bytes.toString('base64', 0, length);
}

/**
 * The IDs `encodeIds` wrote, ascending.
 * @throws DamagedIds when the text is anything else
 */
export function decodeIds(text: string): number[] {
	const bytes = Buffer.from(text, 'base64');
	if (bytes.toString('base64') !== text) throw new DamagedIds('The text is not base64');
	const ids: number[] = [];
	let id = 0;
	let gap = 0;
	let factor = 1;
	for (const byte of bytes) {
		// Neither a gap of none nor a byte that adds nothing is ever written.
		if (byte === 0) throw new DamagedIds('A byte says nothing');
		gap += (byte % 128) * factor;
		if (byte >= 128) {
			factor *= 128;
			continue;
		}
		id += gap;
		if (!Number.isSafeInteger(id)) throw new DamagedIds('An ID is out of range');
		ids.push(id);
		gap = 0;
		factor = 1;
	}
	if (factor !== 1) throw new DamagedIds('The text ends within an ID');
	return ids;
}
