import type { NodeExecutionHint } from 'n8n-workflow';

import { listDifferences, type Difference } from '../../../cake/conversions/matchRecorded';
import type { Conversion, ConversionToRecord } from '../../../cake/types';
import { toHint } from '../hints';
import { recordForm } from './fields';
import type { Recording } from './recordings';

const getLabel = ({ field }: Difference) =>
	(recordForm.get(`additionalFields.${field}`) ?? recordForm.get(field))?.displayName;

interface Stored {
	conversion: Conversion;
	values: ConversionToRecord;
}

/** A hint about the sales that CAKE had already. */
function describeAlreadyRecorded(recordings: Recording[]): NodeExecutionHint[] {
	const known = recordings.flatMap(({ outcome }) =>
		outcome.status === 'done' && outcome.value.isAlreadyRecorded ? [outcome.value] : [],
	);
	if (known.length === 0) return [];
	const lost = known.filter(({ conversion }) => !conversion).length;
	const count = `${known.length} of ${recordings.length} conversions were recorded already.`;
	if (lost === 0) return [toHint(`${count} They are marked already_recorded.`)];
	const message = `${count} For ${lost} of these CAKE did not show which conversion it is: the item has no conversion_id, and its values are those that were sent, not those that CAKE has. Check in CAKE that the Unique ID belongs to the same sale.`;
	return [{ ...toHint(message), type: 'warning' }];
}

function describeDifferences({ conversion, values }: Stored): string {
	const differences = listDifferences(conversion, values).map(
		(one) =>
			`${getLabel(one)} ${JSON.stringify(one.stored)} in place of ${JSON.stringify(one.sent)}`,
	);
	return differences.length === 0 ? '' : `${conversion.id}: ${differences.join(', ')}`;
}

/** A warning about conversions that CAKE has otherwise than they were sent. */
function describeDiffering(recordings: Recording[]): NodeExecutionHint[] {
	const differing = recordings.flatMap(({ outcome, values }) => {
		const conversion = outcome.status === 'done' ? outcome.value.conversion : undefined;
		return conversion ? describeDifferences({ conversion, values }) || [] : [];
	});
	if (differing.length === 0) return [];
	const more = differing.length > 1 ? '; ...' : '';
	const message = `CAKE has ${differing.length} of ${recordings.length} conversions with other values than were sent (${differing[0]}${more}). Check in CAKE that they are right.`;
	return [{ ...toHint(message), type: 'warning' }];
}

/** Hints about recordings, once all is done. */
export function describeRecorded(recordings: Recording[]): NodeExecutionHint[] {
	return [...describeAlreadyRecorded(recordings), ...describeDiffering(recordings)];
}
