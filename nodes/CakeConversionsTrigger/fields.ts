import type { INodeProperties } from 'n8n-workflow';

import { toForm } from '../shared/fields';
import { idFilterFields, statusOptions } from '../shared/filters';
import { addNamesField } from '../shared/names';

/** The values of 'Trigger On'. */
export type TriggerEvent = 'new' | 'statusChange';

/** @param missed what a poll does not see; the subject of the description's first sentence */
function createLookBackField(event: TriggerEvent, days: number, missed: string): INodeProperties {
	return {
		displayName: 'Look Back Days',
		name: 'lookBackDays',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 365 },
		default: days,
		displayOptions: { show: { '/event': [event] } },
		description: `How many days back each poll reads. ${missed} is missed. If you raise it later, the range grows by one day per day.`,
	};
}

/** New conversions may be dated back by a day or two. A status may change much later. */
export const DEFAULT_LOOK_BACK_DAYS: Record<TriggerEvent, number> = { new: 2, statusChange: 30 };

export const triggerFields: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		default: 'statusChange',
		options: [
			{
				name: 'New Conversion',
				value: 'new',
				description: 'A conversion appears in CAKE, whatever its status',
			},
			{
				name: 'Status Change',
				value: 'statusChange',
				description: 'A conversion enters one of the chosen statuses, such as rejected',
			},
		],
	},
	{
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		required: true,
		default: ['rejected'],
		displayOptions: { show: { event: ['statusChange'] } },
		options: statusOptions,
		description:
			'The statuses to watch. A conversion starts the workflow each time it enters one of them.',
	},
	{
		displayName:
			'The first time the workflow is published, the trigger only remembers what is in CAKE. Published again, it begins with what came since its last poll. A status that comes and goes between two polls is not seen.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: idFilterFields,
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			addNamesField,
			createLookBackField('new', DEFAULT_LOOK_BACK_DAYS.new, 'A conversion backdated by more'),
			createLookBackField(
				'statusChange',
				DEFAULT_LOOK_BACK_DAYS.statusChange,
				'A change to an older conversion',
			),
		],
	},
];

export const triggerForm = toForm(triggerFields);
