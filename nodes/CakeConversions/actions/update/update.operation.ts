import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { updateConversion } from '../../../cake/conversions/endpoints';
import type { DispatchOptions } from '../../../cake/transport/dispatch';
import { asError, CakeError } from '../../../cake/errors';
import { sendWithRetries } from '../../../cake/transport/retry';
import type { CakeCall } from '../../../cake/transport/call';
import type { Conversion } from '../../../cake/types';
import { toAnyStatuses, toId, toStatus, toStatuses, toText } from '../../../cake/values';
import { readFields, type Fields } from '../../../shared/fields';
import { statusOptions } from '../../../shared/filters';
import { previewCall } from '../dryRun';
import type { Operation, Session, ValidItem } from '../operation';
import { describeSearches, findByReference, readSearch, type Search } from '../findBy';
import { planWrites } from './planWrites';
import {
	getSkipReason,
	getTracked,
	isSearch,
	type TrackedConversion,
	type Update,
	type UpdateResult,
} from './updates';

const displayOptions = { show: { operation: ['update'] } };

export const updateFields: INodeProperties[] = [
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		// No default, or a status that nobody chose would be sent.
		default: '',
		required: true,
		displayOptions,
		options: [
			{ name: 'Choose a Status', value: '' },
			{ name: 'Approved', value: 'approved', description: 'The affiliate is to be paid' },
			{
				name: 'Pending',
				value: 'pending',
				description: 'Not decided and not paid. Also to take back an approval or a rejection.',
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

/** The member of 'Options' that protects conversions somebody else has changed. */
export const onlyIfStatusIsField: INodeProperties = {
	displayName: 'Only If Status Is',
	name: 'onlyIfStatusIs',
	type: 'multiOptions',
	default: [],
	displayOptions: { show: { '/operation': ['update'] } },
	options: statusOptions,
	description:
		"Change a conversion only while it has one of these statuses. Any other comes out as it is, marked skipped. Conversion IDs are then looked up, too, in the last 'Search Days'.",
};

function validate(item: Fields): Update {
	const options = item.members('options');
	const { search, ...update } = readFields<Omit<Update, 'subject'> & { search: Search }>({
		search: () => readSearch(item, false),
		status: () => item.required('status', toStatus),
		note: () => item.optional('note', toText),
		onlyIfStatusIs: () => {
			// The form offers the three statuses. What Reconcile read may be one of CAKE's own.
			const convert = options.isExpression('onlyIfStatusIs') ? toAnyStatuses : toStatuses;
			return options.requiredIfAdded<string[]>('onlyIfStatusIs', convert);
		},
	});
	const isIdEnough = search.by === 'conversionId' && !update.onlyIfStatusIs;
	return { ...update, subject: isIdEnough ? { conversionId: toId(search.value) } : search };
}

/** Sets `tracked` of each item. An item whose conversion is not found fails. */
async function findConversions(
	items: Array<ValidItem<Update, UpdateResult>>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const trackedById = new Map<number, TrackedConversion>();
	const track = (conversionId: number, row?: IDataObject): TrackedConversion => {
		const status = row?.conversion_status;
		const tracked = trackedById.get(conversionId) ?? {
			conversionId,
			row,
			status,
			previewStatus: status,
		};
		trackedById.set(conversionId, tracked);
		return tracked;
	};
	const searches = items.flatMap((item) => {
		const { subject } = item.values;
		if (!isSearch(subject)) return [];
		const onFound = ({ id, row }: Conversion) => (item.values.tracked = track(id, row));
		return [{ item, search: subject, onFound }];
	});
	await findByReference(searches, { ...session, facts: { isForUpdate: true } }, options);
	for (const { values } of items) {
		if (!isSearch(values.subject)) values.tracked = track(values.subject.conversionId);
	}
}

function toCall(update: Update): CakeCall<Conversion> {
	const { status, note } = update;
	return updateConversion({ conversionId: getTracked(update).conversionId, status, note });
}

/** The row of CAKE's list with its new status. The status in the list becomes `previous_status`. */
function toChangedRow({ row }: TrackedConversion, status: IDataObject[string]): IDataObject {
	const previous = row?.conversion_status ?? null;
	return { ...row, conversion_status: status, previous_status: previous };
}

/** Sends the change and updates the tracked status. */
async function send(
	update: Update,
	tracked: TrackedConversion,
	session: Session,
): Promise<Conversion> {
	const { status, previewStatus } = tracked;
	// Not known until CAKE has answered.
	Object.assign(tracked, { status: undefined, previewStatus: undefined });
	try {
		const conversion = await sendWithRetries(session, toCall(update));
		tracked.status = conversion.row.conversion_status;
		tracked.previewStatus = tracked.status;
		return conversion;
	} catch (error) {
		// A refusal changed nothing.
		const isRefusal = error instanceof CakeError && error.kind === 'refused';
		if (isRefusal) Object.assign(tracked, { status, previewStatus });
		throw asError(error);
	}
}

async function perform(update: Update, session: Session): Promise<UpdateResult> {
	const tracked = getTracked(update);
	const { conversionId: id, row = {} } = tracked;
	const skipped = getSkipReason(update, tracked.status);
	if (skipped) return { id, row, skipped };
	// Sent even if the list has this status: somebody may have changed it after the list was read.
	const conversion = await send(update, tracked, session);
	return isSearch(update.subject) ? { id, row: toChangedRow(tracked, tracked.status) } : conversion;
}

function preview(update: Update): IDataObject {
	const tracked = getTracked(update);
	const { conversionId: id, row = {} } = tracked;
	const skipped = getSkipReason(update, tracked.previewStatus);
	if (skipped) return { ...toRow({ id, row, skipped }), ...previewCall() };
	tracked.previewStatus = update.status;
	const shown = isSearch(update.subject) ? toChangedRow(tracked, update.status) : {};
	return { ...shown, ...previewCall(toCall(update)) };
}

function toRow({ row, skipped }: UpdateResult): IDataObject {
	return skipped ? { ...row, skipped: true, reason: skipped } : row;
}

/** Update Conversion: one request per item. Changes of one conversion are sent in input order. */
export const update: Operation<Update, UpdateResult> = {
	isWrite: true,
	validate,
	describeItems: (items) =>
		describeSearches(items.flatMap(({ subject }) => (isSearch(subject) ? [subject] : []))),
	findConversions,
	orderKey: (values) => String(getTracked(values).conversionId),
	adviseOnRepeat: () => 'All items may safely be sent again.',
	writes: {
		plan: planWrites,
		adviseOn: (label) =>
			`An update takes '${label}' from CAKE’s list: choose 'Order ID' or 'Click ID' under 'Find By', or add 'Only If Status Is' under Options.`,
	},
	preview,
	perform,
	isSkipped: ({ skipped }) => skipped !== undefined,
	toRows: (result) => [toRow(result)],
};
