import type { INodeProperties } from 'n8n-workflow';

import type { DispatchOptions } from '../../cake/dispatch';
import { isBlank, toId, toStatus, toText } from '../../cake/values';
import type { ItemParameters } from '../parameters';
import type { Operation, Session, ValidItem } from './operation';
import {
	findByFields,
	lookUpConversions,
	readSearch,
	remarkOnSearches,
	type Search,
} from './reference';
import { Targets, type Change, type Target } from './target';

const displayOptions = { show: { operation: ['update'] } };

export const updateFields: INodeProperties[] = [
	...findByFields,
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		// The one that decides nothing for good, should the choice be forgotten.
		default: 'pending',
		required: true,
		displayOptions,
		options: [
			{ name: 'Approved', value: 'approved', description: 'The affiliate is to be paid' },
			{
				name: 'Pending',
				value: 'pending',
				description:
					'Not decided, and not paid until it is approved; takes back an approval or a rejection',
			},
			{
				name: 'Rejected',
				value: 'rejected',
				description: 'Not paid; also for reversing a conversion when an order is refunded',
			},
		],
		description: 'The status the conversion is to have',
	},
	{
		displayName: 'Note',
		name: 'note',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		displayOptions,
		placeholder: 'e.g. Order refunded',
		description: 'Why the status changes; only people who work in CAKE see it',
	},
];

/** A change of one conversion: named by CAKE's ID, or by another's ID and to be looked up. */
interface Update extends Change {
	subject: { conversionId: number } | Search;
	/** Set by `lookUp`. */
	target?: Target;
}

function isSearch(subject: Update['subject']): subject is Search {
	return 'by' in subject;
}

function searchesOf(items: Update[]): Search[] {
	return items.flatMap(({ subject }) => (isSearch(subject) ? [subject] : []));
}

function prepare(item: ItemParameters): Update {
	const note = item.choice('note');
	return {
		subject: readSearch(item) ?? {
			conversionId: item.required('Conversion ID', 'conversionId', toId),
		},
		status: item.required('Status', 'status', toStatus),
		note: isBlank(note) ? undefined : item.required('Note', 'note', toText),
	};
}

/** Finds the conversions that items name by another's ID, before anything is changed. */
async function lookUp(
	items: Array<ValidItem<Update>>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const targets = new Targets();
	const searches = items.flatMap((item) => {
		const { subject } = item.values;
		return isSearch(subject) ? [{ item, search: subject }] : [];
	});
	await lookUpConversions(searches, session, options, ({ values }, row) => {
		values.target = targets.ofRow(row);
	});
	for (const { values } of items) {
		if (!isSearch(values.subject)) values.target = targets.ofId(values.subject.conversionId);
	}
}

function found({ target }: Update): Target {
	if (!target) throw new Error('The conversion was not looked up');
	return target;
}

/** Update Conversion: one request an item; changes of one conversion keep the order of the items. */
export const update: Operation<Update> = {
	isWrite: true,
	prepare,
	remarks: (items) => remarkOnSearches(searchesOf(items)),
	lookUp,
	orderKey: (values) => String(found(values).conversionId),
	isRepeatable: () => true,
	rehearse: (values) => [
		isSearch(values.subject)
			? found(values).rehearseUnlessSet(values)
			: found(values).rehearse(values),
	],
	perform: async (values, session) => [
		isSearch(values.subject)
			? await found(values).setUnlessSet(values, session)
			: await found(values).set(values, session),
	],
};
