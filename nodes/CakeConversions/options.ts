import type { INode, INodeProperties } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { Semaphore } from '../cake/transport/semaphore';
import { toBoolean } from '../cake/values';
import { toNodeError } from '../shared/failures';
import type { Fields } from '../shared/fields';
import { addNamesField } from '../shared/names';
import { dryRunField } from './actions/dryRun';
import { limitFields } from './actions/limits';
import { startAtRowField } from './actions/query/query.operation';
import { pageSizeField } from './actions/selection';
import { searchDaysField } from './actions/findBy';
import { whenNotFoundField } from './actions/get/get.operation';
import {
	approvedWordsField,
	changeBackField,
	pendingWordsField,
	rejectedWordsField,
} from './actions/reconcile/fields';
import { onlyIfStatusIsField } from './actions/update/update.operation';

/** The collection 'Options'. Options of a single operation are in the files of that operation. */
export const optionFields: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				...addNamesField,
				displayOptions: {
					show: { '/operation': ['get', 'query', 'reconcile', 'totals', 'update'] },
				},
			},
			approvedWordsField,
			changeBackField,
			dryRunField,
			{
				displayName: 'Max Concurrent',
				name: 'maxConcurrent',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 100 },
				default: 20,
				displayOptions: { hide: { '/operation': ['check'] } },
				description: 'How many requests may be under way at the same time',
			},
			onlyIfStatusIsField,
			pageSizeField,
			pendingWordsField,
			rejectedWordsField,
			{
				displayName: 'Retries',
				name: 'retries',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 20 },
				default: 4,
				description:
					'How many times a request is sent again if CAKE cannot be reached or asks to slow down. Never if that could record a sale twice.',
			},
			searchDaysField,
			startAtRowField,
			...limitFields,
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 3600 },
				default: 60,
				description: 'How long to wait for the full reply to a request',
			},
			whenNotFoundField,
		],
	},
];

/** Reads the options of the whole run from its first item. @throws NodeOperationError */
export function readOptions(node: INode, firstItem: Fields) {
	const options = firstItem.members('options');
	try {
		const timeoutMs = options.wholeNumber('timeout') * 1000;
		return {
			semaphore: new Semaphore(options.wholeNumber('maxConcurrent')),
			retries: options.wholeNumber('retries'),
			shouldAddNames: options.optional('addNames', toBoolean) ?? false,
			remainingMs: () => timeoutMs,
		};
	} catch (error) {
		throw toNodeError(node, asError(error), { audience: 'editor' });
	}
}
