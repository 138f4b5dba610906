/**
 * Reads execution data as n8n stores it: a list of values. A text inside an object or a list is the
 * position of another value in that list.
 */
export function readFlatted(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	const done = new Map<number, unknown>();
	const at = (position: number): unknown => {
		if (done.has(position)) return done.get(position);
		const value = values[position];
		if (typeof value !== 'object' || value === null) return value;
		const result: object = Array.isArray(value) ? [] : {};
		// Set before its members are read, because they may refer to it.
		done.set(position, result);
		for (const [key, member] of Object.entries(value) as Array<[string, unknown]>) {
			Object.assign(result, { [key]: typeof member === 'string' ? at(Number(member)) : member });
		}
		return result;
	};
	return at(0);
}
