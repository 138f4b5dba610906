import {
	listConversions,
	recordConversion,
	updateConversion,
} from '../../nodes/cake/conversions/endpoints';
import { CakeError } from '../../nodes/cake/errors';
import type { CakeCall } from '../../nodes/cake/transport/call';
import type { ConversionFilters } from '../../nodes/cake/types';
import { readResponse } from '../../nodes/cake/transport/response';

const RANGE = { startDate: '2024-01-01', endDate: '2024-01-31' };
export const query = (filters: ConversionFilters = {}) => listConversions(RANGE, filters, 1, 500);
export const record = recordConversion({ clickId: 'abc123', offerId: 12345 });
export const recordOnce = recordConversion({
	clickId: 'abc123',
	offerId: 12345,
	uniqueId: 'TXN-1',
});
export const update = updateConversion({ conversionId: 4456789, status: 'rejected' });

/** The host that the replies come from. */
export const ORIGIN = 'https://network.example';

const json = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

export function answer<T>(call: CakeCall<T>, body: unknown, status = 200, headers = {}): T {
	return readResponse({ origin: ORIGIN, status, headers, text: json(body) }, call);
}

/** Gives the answer, or the failure instead of throwing it. */
export function answerOrFailure<T>(
	call: CakeCall<T>,
	body: unknown,
	status = 200,
	headers = {},
): T | CakeError {
	try {
		return answer(call, body, status, headers);
	} catch (error) {
		if (error instanceof CakeError) return error;
		throw error;
	}
}

export function failure(
	call: CakeCall<unknown>,
	body: unknown,
	status = 200,
	headers = {},
): CakeError {
	const result = answerOrFailure(call, body, status, headers);
	if (result instanceof CakeError) return result;
	throw new Error('The reply was read as a success');
}

export const recorded = { request_status: 'Success', conversion_id: 4456789, click_id: 'abc123' };
export const listed = {
	request_status: 'Success',
	total_rows: 1,
	conversions: [{ conversion_id: 1 }],
};
export const conversion = { conversion_id: 4456789, conversion_status: 'rejected' };
export const updated = { request_status: 'Success', conversion };
