/** Items by a key, each group in the order of the items. `Map.groupBy` came with Node 21. */
export function groupBy<Key, Item>(
	items: Iterable<Item>,
	toKey: (item: Item) => Key,
): Map<Key, Item[]> {
	const groups = new Map<Key, Item[]>();
	for (const item of items) {
		const key = toKey(item);
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return groups;
}
