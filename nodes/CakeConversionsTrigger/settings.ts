import type { IPollFunctions } from 'n8n-workflow';

import type { CakeClient } from '../cake/transport/client';
import { asError } from '../cake/errors';
import type { ConversionFilters, ConversionStatus } from '../cake/types';
import { toStatuses } from '../cake/values';
import { connect } from '../shared/connect';
import { toNodeError } from '../shared/failures';
import { Fields, InvalidField } from '../shared/fields';
import { readIdFilters } from '../shared/filters';
import { DEFAULT_LOOK_BACK_DAYS, triggerForm, type TriggerEvent } from './fields';

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
	const fields = new Fields(triggerForm, {
		get: (name) => context.getNodeParameter(name, '') as unknown,
	});
	try {
		return { client, settings: readWatch(fields, host) };
	} catch (error) {
		if (!(error instanceof InvalidField)) throw asError(error);
		throw toNodeError(context.getNode(), error, { audience: 'trigger' });
	}
}

function readWatch(fields: Fields, host: string): Watch {
	const event = fields.choice('event', 'an event') as TriggerEvent;
	const statuses = event === 'new' ? [] : fields.required('statuses', toStatuses);
	const filters = readIdFilters(fields.members('filters'));
	const options = fields.members('options');
	const lookBackDays = options.wholeNumber('lookBackDays', DEFAULT_LOOK_BACK_DAYS[event]);
	const scope = JSON.stringify({ host, event, filters });
	return { event, statuses, filters, lookBackDays, scope };
}
