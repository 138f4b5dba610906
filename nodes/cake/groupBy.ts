/** Groups keep the order of the items. Node 20 has no `Map.groupBy`. */
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
