import type { INodeProperties } from 'n8n-workflow';

import { GROUPINGS, type Grouping } from '../../../cake/conversions/totals';
import { InvalidValue, trim } from '../../../cake/values';

const CHOICES: Record<Grouping, { name: string; description: string }> = {
	advertiser: { name: 'Advertiser', description: 'Only if CAKE’s list shows the advertiser' },
	affiliate: { name: 'Affiliate', description: 'A total for each affiliate' },
	day: { name: 'Day', description: 'A total for each day, such as 2024-01-31' },
	month: { name: 'Month', description: 'A total for each month, such as 2024-01' },
	offer: { name: 'Offer', description: 'A total for each offer' },
	status: { name: 'Status', description: 'A total for each status, such as approved' },
	week: { name: 'Week', description: 'A total for each week, named by its Monday' },
};

export const groupByField: INodeProperties = {
	displayName: 'Group By',
	name: 'groupBy',
	type: 'multiOptions',
	default: [],
	displayOptions: { show: { operation: ['totals'] } },
	options: GROUPINGS.map((value) => ({ value, ...CHOICES[value] })),
	description:
		'A total for each of these, or for each combination of several. Choose none for a single total. Days go by CAKE’s conversion dates.',
};

export function getGroupLabel(grouping: Grouping): string {
	return CHOICES[grouping].name;
}

function toGrouping(value: unknown): Grouping {
	const word = typeof value === 'string' ? trim(value).toLowerCase() : value;
	const grouping = GROUPINGS.find((one) => one === word);
	if (grouping) return grouping;
	const accepted = `Any of ${GROUPINGS.join(', ')}.`;
	throw new InvalidValue('is not a grouping this node knows', value, accepted);
}

/** One or more groupings, from a list or from text with commas. In the order given, each once. */
export function toGroupings(value: unknown): Grouping[] {
	const given: unknown[] = typeof value === 'string' ? value.split(',') : [value].flat();
	return [...new Set(given.map(toGrouping))];
}
