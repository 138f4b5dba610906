import { NodeOperationError, type IDataObject, type IPollFunctions } from 'n8n-workflow';

import type { CakeClient } from '../cake/client';
import { asError } from '../cake/errors';
import type { ConversionFilters, ConversionStatus } from '../cake/types';
import { InvalidValue, toStatus, toWholeNumber } from '../cake/values';
import { CollectionFields, InvalidField } from '../shared/collection';
import { connect } from '../shared/connect';
import { readIdFilters } from '../shared/idFilters';
import { DEFAULT_LOOK_BACK_DAYS, MAX_LOOK_BACK_DAYS, type TriggerEvent } from './fields';

/** What the user wants to be told of, as read from the form. */
export interface Watch {
	event: TriggerEvent;
	/** Each is a list of its own: a conversion may leave one and enter the other. Empty for `new`. */
	statuses: ConversionStatus[];
	filters: ConversionFilters;
	lookBackDays: number;
	/**
	 * Names all of what was watched but the look-back and the statuses, which have a list each: memory of
	 * another scope is not compared with.
	 */
	scope: string;
}

/**
 * Reads the credential and the form.
 * @throws NodeOperationError for a credential or a field that cannot be used
 */
export async function setUp(
	context: IPollFunctions,
): Promise<{ client: CakeClient; settings: Watch }> {
	const client = await connect(context);
	// Another account's conversion IDs mean nothing here.
	const { host } = new URL(client.account.baseUrl);
	return { client, settings: readWatch(context, host) };
}

function readWatch(context: IPollFunctions, host: string): Watch {
	try {
		const event = context.getNodeParameter('event') as TriggerEvent;
		const statuses = event === 'new' ? [] : readStatuses(context.getNodeParameter('statuses', []));
		const filters = readIdFilters(collection(context, 'filters'));
		const lookBackDays =
			collection(context, 'options').optional('Look Back Days', 'lookBackDays', (value) =>
				toWholeNumber(value, 1, MAX_LOOK_BACK_DAYS),
			) ?? DEFAULT_LOOK_BACK_DAYS[event];
		const scope = JSON.stringify({ host, event, filters });
		return { event, statuses, filters, lookBackDays, scope };
	} catch (error) {
		if (!(error instanceof InvalidField)) throw asError(error);
		throw new NodeOperationError(context.getNode(), error.message, {
			description: error.reason,
			failure: { cause: 'configuration-invalid' },
		});
	}
}

function collection(context: IPollFunctions, name: string): CollectionFields {
	return new CollectionFields(context.getNodeParameter(name, {}) as IDataObject);
}

/** Without repeats, and in one order: it decides between items of equal date and ID. */
function readStatuses(value: unknown): ConversionStatus[] {
	const given: unknown[] = typeof value === 'string' ? value.split(',') : [value].flat();
	try {
		if (given.length === 0) {
			throw new InvalidValue('is empty', undefined, 'At least one status to watch.');
		}
		return [...new Set(given.map(toStatus))].sort();
	} catch (error) {
		throw error instanceof InvalidValue ? new InvalidField('Statuses', error) : asError(error);
	}
}
