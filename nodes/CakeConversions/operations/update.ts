import type { INodeProperties } from 'n8n-workflow';

import type { DispatchOptions } from '../../cake/dispatch';
import type { Conversion } from '../../cake/types';
import { toId, toStatus, toText } from '../../cake/values';
import type { Fields } from '../../shared/fields';
import type { Operation, Session, ValidItem } from './operation';
import {
	findByFields,
	lookUpConversions,
	readSearch,
	describeSearches,
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

function prepare(item: Fields): Update {
	return {
		subject: readSearch(item) ?? { conversionId: item.required('conversionId', toId) },
		status: item.required('status', toStatus),
		note: item.optional('note', toText),
	};
}

/** Finds the conversions that items name by another's ID, before anything is changed. */
async function lookUp(
	items: Array<ValidItem<Update, Conversion>>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const targets = new Targets();
	const searches = items.flatMap((item) => {
		const { subject } = item.values;
		if (!isSearch(subject)) return [];
		const onFound = ({ id, row }: Conversion) => (item.values.target = targets.get(id, row));
		return [{ item, search: subject, onFound }];
	});
	await lookUpConversions(searches, session, options);
	for (const { values } of items) {
		if (!isSearch(values.subject)) values.target = targets.get(values.subject.conversionId);
	}
}

function found({ target }: Update): Target {
	if (!target) throw new Error('The conversion was not looked up');
	return target;
}

/** Update Conversion: one request an item; changes of one conversion keep the order of the items. */
export const update: Operation<Update, Conversion> = {
	isWrite: true,
	prepare,
	describeItems: (items) => describeSearches(searchesOf(items)),
	lookUp,
	orderKey: (values) => String(found(values).conversionId),
	isRepeatable: () => true,
	preview: (values) =>
		isSearch(values.subject)
			? found(values).previewUnlessSet(values)
			: found(values).preview(values),
	perform: async (values, session) =>
		isSearch(values.subject)
			? await found(values).setUnlessSet(values, session)
			: await found(values).set(values, session),
	toRows: ({ row }) => [row],
};
