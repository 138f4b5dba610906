import type { IPollFunctions } from 'n8n-workflow';

import { asError } from '../cake/errors';
import type { ConversionFilters, ConversionStatus } from '../cake/types';
import { toStatuses } from '../cake/values';
import { toNodeError } from '../shared/failures';
import { Fields, InvalidField } from '../shared/fields';
import { readIdFilters } from '../shared/filters';
import { DEFAULT_LOOK_BACK_DAYS, triggerForm, type TriggerEvent } from './fields';

/** What the user wants to be told of, as read from the form. */
export interface TriggerSettings {
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
 * Reads the form.
 * @param baseUrl of the account: conversion IDs of another account mean nothing here
 * @throws NodeOperationError for a field that cannot be used
 */
export function readSettings(context: IPollFunctions, baseUrl: string): TriggerSettings {
	const fields = new Fields(triggerForm, {
		get: (name) => context.getNodeParameter(name, ''),
	});
	try {
		return readFields(fields, new URL(baseUrl).host);
	} catch (error) {
		if (!(error instanceof InvalidField)) throw asError(error);
		throw toNodeError(context.getNode(), error, { audience: 'trigger' });
	}
}

function readFields(fields: Fields, host: string): TriggerSettings {
	const event = fields.choice('event', 'an event') as TriggerEvent;
	const statuses = event === 'new' ? [] : fields.required('statuses', toStatuses);
	const filters = readIdFilters(fields.members('filters'));
	const options = fields.members('options');
	const lookBackDays = options.wholeNumber('lookBackDays', DEFAULT_LOOK_BACK_DAYS[event]);
	const scope = JSON.stringify({ host, event, filters });
	return { event, statuses, filters, lookBackDays, scope };
}
