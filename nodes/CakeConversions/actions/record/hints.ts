import type { NodeExecutionHint } from 'n8n-workflow';

import { listDifferences } from '../../../cake/conversions/matchRecorded';
import type { Conversion, ConversionToRecord } from '../../../cake/types';
import { toHint, toWarning } from '../hints';
import { getLabel } from './fields';
import type { Recording } from './recordings';

interface Stored {
	conversion: Conversion;
	values: ConversionToRecord;
}

function describeAlreadyRecorded(recordings: Recording[], total: number): NodeExecutionHint[] {
	const alreadyRecorded = recordings.flatMap(({ outcome }) =>
		outcome.status === 'done' && outcome.value.isAlreadyRecorded ? [outcome.value] : [],
	);
	if (alreadyRecorded.length === 0) return [];
	const unnamed = alreadyRecorded.filter(({ conversion }) => !conversion).length;
	const count = `${alreadyRecorded.length} of ${total} conversions were recorded already.`;
	if (unnamed === 0) return [toHint(`${count} They are marked already_recorded.`)];
	const message = `${count} For ${unnamed} of these CAKE did not show which conversion it is: the item has no conversion_id and holds only what you sent. Check in CAKE that the Unique ID belongs to the same sale.`;
	return [toWarning(message)];
}

function describeDifferences({ conversion, values }: Stored): string {
	const differences = listDifferences(conversion, values).map(
		(one) =>
			`${getLabel(one.field)} ${JSON.stringify(one.stored)} in place of ${JSON.stringify(one.sent)}`,
	);
	return differences.length === 0 ? '' : `${conversion.id}: ${differences.join(', ')}`;
}

/** A warning about conversions that CAKE stored with other values than were sent. */
function describeDiffering(recordings: Recording[], total: number): NodeExecutionHint[] {
	const differing = recordings.flatMap(({ outcome, values }) => {
		const conversion = outcome.status === 'done' ? outcome.value.conversion : undefined;
		return conversion ? describeDifferences({ conversion, values }) || [] : [];
	});
	if (differing.length === 0) return [];
	const more = differing.length > 1 ? '; ...' : '';
	const message = `CAKE has ${differing.length} of ${total} conversions with other values than were sent (${differing[0]}${more}). Check in CAKE that they are right.`;
	return [toWarning(message)];
}

export function describeRecorded(recordings: Recording[], total: number): NodeExecutionHint[] {
	return [...describeAlreadyRecorded(recordings, total), ...describeDiffering(recordings, total)];
}
