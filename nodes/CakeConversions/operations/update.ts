import type { INodeProperties } from 'n8n-workflow';

import type { DispatchOptions, Outcome } from '../../cake/dispatch';
import { isBlank, toId, toStatus, toText } from '../../cake/values';
import type { ItemParameters } from '../parameters';
import type { Operation, Session } from './operation';
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

/** What an item asks for: a conversion by CAKE's ID, or one to be looked up. */
interface PreparedUpdate extends Change {
	subject: { conversionId: number } | Search;
}

interface ReadyUpdate extends Change {
	target: Target;
	/** Whether the item named it by an order or click ID. */
	wasLookedUp: boolean;
}

function isSearch(subject: PreparedUpdate['subject']): subject is Search {
	return 'by' in subject;
}

function searchesOf(items: PreparedUpdate[]): Search[] {
	return items.flatMap(({ subject }) => (isSearch(subject) ? [subject] : []));
}

function prepare(item: ItemParameters): PreparedUpdate {
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
	items: PreparedUpdate[],
	session: Session,
	options: DispatchOptions,
): Promise<Array<Outcome<ReadyUpdate>>> {
	const found = await lookUpConversions(searchesOf(items), session, options);
	const targets = new Targets();
	const targetsFound = found.map((one): Outcome<Target> =>
		one.status === 'done' ? { status: 'done', value: targets.ofRow(one.value) } : one,
	);
	let position = 0;
	return items.map(({ subject, status, note }): Outcome<ReadyUpdate> => {
		const wasLookedUp = isSearch(subject);
		const target: Outcome<Target> = wasLookedUp
			? targetsFound[position++]
			: { status: 'done', value: targets.ofId(subject.conversionId) };
		if (target.status !== 'done') return target;
		return { status: 'done', value: { target: target.value, wasLookedUp, status, note } };
	});
}

/** Update Conversion: one request an item; changes of one conversion keep the order of the items. */
export const update: Operation<PreparedUpdate, ReadyUpdate> = {
	isWrite: true,
	prepare,
	remarks: (items) => remarkOnSearches(searchesOf(items)),
	lookUp,
	orderKey: ({ target }) => String(target.conversionId),
	isRepeatable: () => true,
	rehearse({ target, wasLookedUp, ...change }) {
		return [wasLookedUp ? target.rehearseUnlessSet(change) : target.rehearse(change)];
	},
	async perform({ target, wasLookedUp, ...change }, session) {
		if (wasLookedUp) return [await target.setUnlessSet(change, session)];
		return [await target.set(change, session)];
	},
};
