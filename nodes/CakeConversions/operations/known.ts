import type { NodeExecutionHint } from 'n8n-workflow';

import { conversionIdOf } from '../../cake/conversions';
import { isSameAmount } from '../../cake/lookUp';
import type { ConversionRow, ConversionToRecord } from '../../cake/types';
import { remark } from '../hints';
import type { ValidItem } from './operation';

/** Whether CAKE had the sale when the request came. */
export function isKnownAlready({ outcome }: ValidItem<unknown>): boolean {
	return outcome.status === 'done' && outcome.value[0]?.already_recorded === true;
}

/** The amounts that CAKE has otherwise than they were sent now, in words. */
function differencesOf(row: ConversionRow, sent: ConversionToRecord): string[] {
	return (['payout', 'revenue'] as const)
		.filter((name) => !isSameAmount(row[name], sent[name]))
		.map((name) => `${name} ${String(row[name])}, not ${sent[name]}`);
}

/**
 * What to tell the user of the sales CAKE had already. One whose row was not found shows what was sent,
 * and an amount among that may never have been stored; of one that was found, CAKE's amounts stand.
 */
export function remarkOnKnown(
	recordings: Array<ValidItem<ConversionToRecord>>,
): NodeExecutionHint[] {
	const known = recordings.filter(isKnownAlready);
	if (known.length === 0) return [];
	const found = known.flatMap(({ values, outcome }) => {
		const row = outcome.status === 'done' ? outcome.value[0] : undefined;
		return row && conversionIdOf(row) ? [{ row, values }] : [];
	});
	const lost = known.length - found.length;
	const others = found.flatMap(({ row, values }) => {
		const differences = differencesOf(row, values);
		return differences.length > 0 ? [`${row.conversion_id}: ${differences.join('; ')}`] : [];
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
	return [{ ...remark(message), type: lost + others.length > 0 ? 'warning' : 'info' }];
}
