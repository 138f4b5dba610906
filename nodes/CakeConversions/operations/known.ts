import type { NodeExecutionHint } from 'n8n-workflow';

import { isSameAmount } from '../../cake/lookUp';
import type { Conversion, ConversionToRecord, Recorded } from '../../cake/types';
import { toHint } from '../hints';
import type { ValidItem } from './operation';

/** The amounts that CAKE has otherwise than they were sent now, in words. */
function describeDifferences({ row }: Conversion, sent: ConversionToRecord): string[] {
	return (['payout', 'revenue'] as const)
		.filter((name) => !isSameAmount(row[name], sent[name]))
		.map((name) => `${name} ${String(row[name])}, not ${sent[name]}`);
}

/**
 * A hint about the sales CAKE had already. One whose row was not found shows what was sent, and an
 * amount among that may never have been stored; of one that was found, CAKE's amounts stand.
 */
export function describeKnown(
	recordings: Array<ValidItem<ConversionToRecord, Recorded>>,
): NodeExecutionHint[] {
	const known = recordings.flatMap(({ outcome, values }) =>
		outcome.status === 'done' && outcome.value.isAlreadyRecorded
			? [{ conversion: outcome.value.conversion, values }]
			: [],
	);
	if (known.length === 0) return [];
	const lost = known.filter(({ conversion }) => !conversion).length;
	const others = known.flatMap(({ conversion, values }) => {
		const differences = conversion ? describeDifferences(conversion, values) : [];
		return differences.length > 0 ? [`${conversion?.id}: ${differences.join('; ')}`] : [];
	});
	const parts = [
		`${known.length} of ${recordings.length} conversions were recorded already.`,
		lost === 0 ? 'They are marked already_recorded.' : '',
		lost === 0
			? ''
			: `For ${lost} of these it could not be told which conversion in CAKE it is: the item has no conversion_id, and its values are those that were sent, not those that CAKE has. Look in CAKE whether the Unique ID stands for the same sale.`,
		others.length === 0
			? ''
			: `For ${others.length} of these CAKE has another amount than was sent, and keeps it (${others[0]}${others.length > 1 ? '; ...' : ''}).`,
	];
	const message = parts.filter(Boolean).join(' ');
	return [{ ...toHint(message), type: lost + others.length > 0 ? 'warning' : 'info' }];
}
