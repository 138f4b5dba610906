import type { INodeProperties } from 'n8n-workflow';

import { readLabels } from '../shared/fields';
import { idFilterFields } from '../shared/filters';

/** The values of 'Trigger On'. */
export type TriggerEvent = 'new' | 'statusChange';

/**
 * Of 'Look Back Days', as the form shows it. New conversions are back-dated by a day or two; a status may
 * change much later.
 */
export const DEFAULT_LOOK_BACK_DAYS: Record<TriggerEvent, number> = { new: 2, statusChange: 30 };

/** Every poll reads the whole window. */
export const MAX_LOOK_BACK_DAYS = 365;

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
		options: [
			{ name: 'Approved', value: 'approved' },
			{ name: 'Pending', value: 'pending' },
			{ name: 'Rejected', value: 'rejected' },
		],
		description:
			'The statuses to watch. A conversion starts the workflow each time it enters one of them.',
	},
	{
		displayName:
			'The first time the workflow is published, it only remembers what is there. Published again, it starts with what came since its last poll. A status that comes and goes between two polls is not seen.',
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
			{
				displayName: 'Look Back Days',
				name: 'lookBackDays',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: MAX_LOOK_BACK_DAYS },
				default: 2,
				displayOptions: { show: { '/event': ['new'] } },
				description:
					'A conversion dated back by more than so many days is not noticed. Every poll reads so many days. Raised on a published workflow, it grows by a day each day.',
			},
			{
				displayName: 'Look Back Days',
				name: 'lookBackDays',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: MAX_LOOK_BACK_DAYS },
				default: 30,
				displayOptions: { show: { '/event': ['statusChange'] } },
				description:
					'A change of a conversion older than so many days is not noticed. Every poll reads so many days. Raised on a published workflow, it grows by a day each day.',
			},
		],
	},
];

export const triggerLabels = readLabels(triggerFields);
