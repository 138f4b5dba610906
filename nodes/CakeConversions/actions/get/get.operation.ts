import type { INodeProperties, NodeExecutionHint } from 'n8n-workflow';

import { CakeError } from '../../../cake/errors';
import type { DispatchOptions } from '../../../cake/transport/dispatch';
import type { Conversion } from '../../../cake/types';
import { InvalidValue } from '../../../cake/values';
import { describeFailure } from '../../../shared/failures';
import { readFields, type Fields } from '../../../shared/fields';
import { describeSearches, findByReference, readSearch, type Search } from '../findBy';
import { toHint } from '../hints';
import type { Operation, Session, ValidItem } from '../operation';

/** The member of 'Options' that lets an item pass whose conversion does not exist. */
export const whenNotFoundField: INodeProperties = {
	displayName: 'When Not Found',
	name: 'whenNotFound',
	type: 'options',
	default: 'stop',
	displayOptions: { show: { '/operation': ['get'] } },
	options: [
		{
			name: 'Output Nothing',
			value: 'nothing',
			description: 'The item gives no output, and the others go on',
		},
		{
			name: 'Stop',
			value: 'stop',
			description: 'The item fails and says where it was searched',
		},
	],
	description:
		'What happens when no conversion has the ID. An item fails in any case when several have it, or when CAKE’s list could not be read completely.',
};

/** The conversion that was found, or why there is none. */
type Found = Conversion | CakeError;

interface Lookup {
	search: Search;
	/** Whether the item succeeds, with no output, when its conversion is not found. */
	mayBeMissing: boolean;
	/** Set by `findConversions`. */
	found?: Found;
}

function toMayBeMissing(value: unknown): boolean {
	if (value === 'nothing' || value === 'stop') return value === 'nothing';
	throw new InvalidValue('is not a choice this node knows', value, 'One of nothing, stop.');
}

function validate(item: Fields): Lookup {
	const options = item.members('options');
	return readFields<Lookup>({
		search: () => readSearch(item, true),
		mayBeMissing: () => options.requiredIfAdded('whenNotFound', toMayBeMissing) ?? false,
	});
}

/** Sets `found` of each item. An item whose conversion is not found fails, unless it may be missing. */
async function findConversions(
	items: Array<ValidItem<Lookup, Found>>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const searches = items.map((item) => {
		const { search, mayBeMissing } = item.values;
		const onFound = (found: Found) => void (item.values.found = found);
		return { item, search, onFound, onNotFound: mayBeMissing ? onFound : undefined };
	});
	await findByReference(searches, session, options);
}

/** Sends nothing: `findConversions` has read the list. */
async function perform({ found }: Lookup): Promise<Found> {
	if (!found) throw new Error('The conversion was not looked up');
	return found;
}

/** A hint that counts the conversions that were not found. An AI agent gets it as an item. */
function describeMissing(
	items: Array<ValidItem<Lookup, Found>>,
	total: number,
): NodeExecutionHint[] {
	const missing = items.flatMap(({ outcome }) =>
		outcome.status === 'done' && outcome.value instanceof CakeError ? [outcome.value] : [],
	);
	const [first] = missing;
	if (!first) return [];
	const { message, reason } = describeFailure(first, 'editor');
	const others = `${missing.length} of ${total} conversions were not found, so nothing comes out for them. The first of them:`;
	return [toHint(`${total === 1 ? `${message}.` : others} ${reason}`)];
}

/** Get Conversion: one read of CAKE's list for all items, one output item for each conversion. */
export const get: Operation<Lookup, Found> = {
	isWrite: false,
	validate,
	describeItems: (items) => describeSearches(items.map(({ search }) => search)),
	findConversions,
	perform,
	describeOutcomes: describeMissing,
	// A copy: items that ask for one conversion must not share one object.
	toRows: (found) => (found instanceof CakeError ? [] : [{ ...found.row }]),
};
