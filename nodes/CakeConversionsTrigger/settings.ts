import type { IPollFunctions } from 'n8n-workflow';

import { asError } from '../cake/errors';
import type { ConversionFilters, ConversionStatus } from '../cake/types';
import { toBoolean, toStatuses } from '../cake/values';
import { toNodeError } from '../shared/failures';
import { Fields, InvalidField, readFields } from '../shared/fields';
import { readIdFilters } from '../shared/filters';
import { DEFAULT_LOOK_BACK_DAYS, triggerForm, type TriggerEvent } from './fields';

/** What the trigger watches, as read from its form. */
export interface TriggerSettings {
	event: TriggerEvent;
	/** Each has a list of its own: a conversion may leave one and enter another. Empty for `new`. */
	statuses: ConversionStatus[];
	filters: ConversionFilters;
	lookBackDays: number;
	shouldAddNames: boolean;
	/**
	 * Host, event and filters as one text. A poll does not compare with memory of another scope. The
	 * look-back only moves the window, each status has its own list, and names change no list. So these
	 * are left out.
	 */
	scope: string;
}

/**
 * Reads the form.
 * @param baseUrl of the account; part of the scope, since another account has other conversion IDs
 * @throws NodeOperationError for a field that cannot be used
 */
export function readSettings(context: IPollFunctions, baseUrl: string): TriggerSettings {
	const fields = new Fields(triggerForm, {
		get: (name) => context.getNodeParameter(name, ''),
	});
	try {
		return readForm(fields, new URL(baseUrl).host);
	} catch (error) {
		if (!(error instanceof InvalidField)) throw asError(error);
		throw toNodeError(context.getNode(), error, { audience: 'trigger' });
	}
}

function readForm(fields: Fields, host: string): TriggerSettings {
	const event = fields.choice('event', 'an event') as TriggerEvent;
	const options = fields.members('options');
	const { filters, ...rest } = readFields<Omit<TriggerSettings, 'event' | 'scope'>>({
		statuses: () => (event === 'new' ? [] : fields.required('statuses', toStatuses)),
		filters: () => readIdFilters(fields.members('filters')),
		lookBackDays: () => options.wholeNumber('lookBackDays', DEFAULT_LOOK_BACK_DAYS[event]),
		shouldAddNames: () => options.optional('addNames', toBoolean) ?? false,
	});
	const scope = JSON.stringify({ host, event, filters });
	return { event, filters, ...rest, scope };
}
