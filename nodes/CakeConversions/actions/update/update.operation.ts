import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { sameText, updateConversion } from '../../../cake/conversions/endpoints';
import type { DispatchOptions } from '../../../cake/transport/dispatch';
import { asError, CakeError } from '../../../cake/errors';
import { sendWithRetries } from '../../../cake/transport/retry';
import type { CakeCall } from '../../../cake/transport/call';
import type { Conversion, ConversionStatus } from '../../../cake/types';
import { toId, toStatus, toStatuses, toText } from '../../../cake/values';
import type { Fields } from '../../../shared/fields';
import { statusOptions } from '../../../shared/filters';
import { previewCall } from '../dryRun';
import type { Operation, Session, ValidItem } from '../operation';
import { describeSearches, findByFields, findByReference, readSearch, type Search } from './findBy';

const displayOptions = { show: { operation: ['update'] } };

export const updateFields: INodeProperties[] = [
	...findByFields,
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		// None: a status nobody chose would be set.
		default: '',
		required: true,
		displayOptions,
		options: [
			{ name: 'Choose a Status', value: '' },
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

/** The member of 'Options' that leaves conversions alone that somebody has changed meanwhile. */
export const onlyIfStatusIsField: INodeProperties = {
	displayName: 'Only If Status Is',
	name: 'onlyIfStatusIs',
	type: 'multiOptions',
	default: [],
	displayOptions: { show: { '/operation': ['update'] } },
	options: statusOptions,
	description:
		'Change a conversion only while it has one of these statuses. Any other comes out as it is, marked skipped. By Conversion ID this takes one read of the last Search Days for all items.',
};

/** A conversion that items change, one after the other: the same object for all of them. */
interface TrackedConversion {
	conversionId: number;
	/** As CAKE's list has it, where it was read. */
	row?: IDataObject | undefined;
	/** The status by now, changes of this run included; undefined when nobody knows. */
	status?: IDataObject[string];
	/** The same, had the items that are a dry run been sent. */
	previewStatus?: IDataObject[string];
}

/** What an item wants of a conversion. */
interface Update {
	status: ConversionStatus;
	note?: string | undefined;
	onlyIfStatusIs?: ConversionStatus[] | undefined;
	/** CAKE's ID, where that is enough, or else how to find the conversion in CAKE's list. */
	subject: { conversionId: number } | Search;
	/** Set once it is found. */
	tracked?: TrackedConversion;
}

type UpdateResult = Conversion & { skipped?: string };

function validate(item: Fields): Update {
	const onlyIfStatusIs = item.members('options').requiredIfAdded('onlyIfStatusIs', toStatuses);
	const search = readSearch(item);
	const isKnown = search.by === 'conversionId' && !onlyIfStatusIs;
	return {
		status: item.required('status', toStatus),
		note: item.optional('note', toText),
		onlyIfStatusIs,
		subject: isKnown ? { conversionId: toId(search.value) } : search,
	};
}

/** Finds the conversions before anything is changed. */
async function findConversions(
	items: Array<ValidItem<Update, UpdateResult>>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const trackedById = new Map<number, TrackedConversion>();
	const share = (conversionId: number, row?: IDataObject): TrackedConversion => {
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
		const onFound = ({ id, row }: Conversion) => (item.values.tracked = share(id, row));
		return [{ item, search: subject, onFound }];
	});
	await findByReference(searches, session, options);
	for (const { values } of items) {
		if (!isSearch(values.subject)) values.tracked = share(values.subject.conversionId);
	}
}

function isSearch(subject: Update['subject']): subject is Search {
	return 'by' in subject;
}

function getTracked({ tracked }: Update): TrackedConversion {
	if (!tracked) throw new Error('The conversion was not looked up');
	return tracked;
}

function toCall(update: Update): CakeCall<Conversion> {
	const { status, note } = update;
	return updateConversion({ conversionId: getTracked(update).conversionId, status, note });
}

/** Why an item is left alone, if it is. */
function getSkipReason({ onlyIfStatusIs }: Update, status: unknown): string | undefined {
	if (!onlyIfStatusIs || onlyIfStatusIs.some((one) => sameText(one, status))) return undefined;
	const wanted = onlyIfStatusIs.join(' or ');
	if (status === undefined) return `Whether its status is ${wanted} is not known.`;
	return `Its status is ${String(status)}, not ${wanted}.`;
}

/** The row that was read, with the status set now and the one the list had. */
function toChangedRow({ row }: TrackedConversion, status: IDataObject[string]): IDataObject {
	const previous = row?.conversion_status ?? null;
	return { ...row, conversion_status: status, previous_status: previous };
}

/** Sends the change, and keeps track of the status it leaves. */
async function send(
	update: Update,
	tracked: TrackedConversion,
	session: Session,
): Promise<Conversion> {
	const { status, previewStatus } = tracked;
	// Until CAKE has answered, nobody knows.
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
	const { conversionId: id, row } = tracked;
	const skipped = getSkipReason(update, tracked.status);
	if (skipped) return { id, row: row ?? {}, skipped };
	// Sent even if the list shows this status already: somebody may have changed it since.
	const conversion = await send(update, tracked, session);
	return isSearch(update.subject) ? { id, row: toChangedRow(tracked, tracked.status) } : conversion;
}

function preview(update: Update): IDataObject {
	const tracked = getTracked(update);
	const skipped = getSkipReason(update, tracked.previewStatus);
	if (skipped)
		return {
			...toRow({ id: tracked.conversionId, row: tracked.row ?? {}, skipped }),
			...previewCall(),
		};
	tracked.previewStatus = update.status;
	const shown = isSearch(update.subject) ? toChangedRow(tracked, update.status) : {};
	return { ...shown, ...previewCall(toCall(update)) };
}

function toRow({ row, skipped }: UpdateResult): IDataObject {
	return skipped ? { ...row, skipped: true, reason: skipped } : row;
}

/** Update Conversion: one request an item; changes of one conversion keep the order of the items. */
export const update: Operation<Update, UpdateResult> = {
	isWrite: true,
	validate,
	describeItems: (items) =>
		describeSearches(items.flatMap(({ subject }) => (isSearch(subject) ? [subject] : []))),
	findConversions,
	orderKey: (values) => String(getTracked(values).conversionId),
	isRepeatable: () => true,
	preview,
	perform,
	isSkipped: ({ skipped }) => skipped !== undefined,
	toRows: (result) => [toRow(result)],
};
