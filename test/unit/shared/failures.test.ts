import { NodeOperationError, type INode } from 'n8n-workflow';
import { CakeError, type FailureFacts, type FailureKind } from '../../../nodes/cake/errors';
import { describeFailure, toNodeError, type Audience } from '../../../nodes/shared/failures';
import { InvalidField } from '../../../nodes/shared/fields';

const NODE = { name: 'CAKE', type: 'cakeConversions' } as INode;
const AUDIENCES: Audience[] = ['editor', 'trigger', 'agent'];
const KINDS: FailureKind[] = [
	'refused',
	'unauthorized',
	'throttled',
	'unavailable',
	'notSent',
	'unknownOutcome',
	'notFound',
	'ambiguous',
];

function describeKind(kind: FailureKind, facts: FailureFacts = {}, audience: Audience = 'editor') {
	return describeFailure(new CakeError(kind, facts), audience);
}

const conversion = (id: number, affiliate: number) => ({
	id,
	row: {
		conversion_id: id,
		conversion_date: '2024-01-03T09:11:00Z',
		offer_id: 7,
		affiliate_id: affiliate,
		payout: 5,
		conversion_status: 'approved',
	},
});
const range = { startDate: '2024-01-01', endDate: '2024-01-31' };
const searched = { range, filters: { offerId: 7 }, count: 83 };
const reference = { by: 'orderId', value: 'ORD-1' } as const;

describe('describeFailure', () => {
	it.each(KINDS.flatMap((kind) => AUDIENCES.map((audience) => [kind, audience] as const)))(
		'says what happened and what to do next: %s for the %s',
		(kind, audience) => {
			const { message, reason } = describeKind(kind, { detail: 'HTTP 418.' }, audience);
			expect(message).toMatch(/^[A-Z]/);
			expect(reason).toMatch(/^HTTP 418\. [A-Z].*\.$/);
			// n8n would take such an execution for one that was stopped by hand.
			expect(message + reason).not.toContain('canceled');
		},
	);

	it('speaks to a trigger of polls, not of items and their options', () => {
		for (const kind of ['refused', 'throttled', 'unavailable', 'notSent'] as const) {
			const { reason } = describeKind(kind, {}, 'trigger');
			expect(reason).not.toMatch(/item|Max Concurrent/);
		}
	});

	it('tells an agent not to repeat a recording that may be stored', () => {
		const { reason } = describeKind('unknownOutcome', { detail: 'HTTP 500.' }, 'agent');
		expect(reason).toMatch(/^HTTP 500\. Do not call this tool again for this sale/);
		const refused = { detail: 'HTTP 400.', request: 'recordWithUniqueId' } as const;
		expect(describeKind('refused', refused, 'agent').reason).toMatch(/with the same Unique ID/);
		expect(describeKind('refused', { request: 'update' }, 'agent').reason).not.toMatch(/Unique ID/);
	});

	it.each([
		['Click Expired: 7f3a0d3394cc', 'recordWithUniqueId', /^The click is too old for this offer\./],
		['The click has expired.', 'recordWithoutUniqueId', /^The click is too old for this offer\./],
		['Offer Expired', 'recordWithUniqueId', /^Correct the values/],
		['Click Expired', 'update', /^Correct the values/],
	] as const)('advises what helps when CAKE says %j of %s', (cakeMessage, request, advice) => {
		expect(describeKind('refused', { cakeMessage, request }).reason).toMatch(advice);
	});

	it('names the wait when CAKE asks for more than a minute', () => {
		const facts = { detail: 'HTTP 429.', retryAfterMs: 61_500 };
		expect(describeKind('throttled', facts).reason).toBe(
			'HTTP 429. CAKE asks to wait 62 s. Run the rest again after that.',
		);
		expect(describeKind('throttled', facts, 'trigger').reason).toMatch(
			/^HTTP 429\. CAKE asks to wait 62 s\. The next poll tries again/,
		);
	});

	it('names the request or the filter that CAKE refused', () => {
		expect(describeKind('refused', { request: 'update' }).message).toBe('CAKE refused the change');
		const ignored = { case: 'filterIgnored', filter: 'offerId' } as const;
		expect(describeKind('refused', ignored)).toMatchObject({
			message: "CAKE ignored the filter 'Offer'",
			reason:
				"Remove the filter 'Offer', and filter in the workflow instead. Check Account shows which other filters CAKE ignores.",
		});
	});

	it('names the ID that was not found, and the conversions that were searched', () => {
		expect(describeKind('notFound', { reference, searched })).toMatchObject({
			message: "No conversion with this 'Order ID' was found",
			reason: expect.stringContaining(
				'"ORD-1" is not among the 83 conversions from 2024-01-01 to 2024-01-31, Offer 7.',
			),
		});
	});

	it('names the conversions that share an ID, and a filter only if it tells them apart', () => {
		const several = [conversion(11, 1), conversion(12, 2)];
		const found = describeKind('ambiguous', { reference, searched, conversions: several });
		expect(found.conversionIds).toEqual([11, 12]);
		expect(found.reason).toContain('11 (2024-01-03, offer 7, affiliate 1, payout 5, approved), 12');
		expect(found.reason).toContain('Add a filter');
		const alike = [conversion(11, 1), conversion(12, 1)];
		expect(describeKind('ambiguous', { reference, searched, conversions: alike }).reason).toContain(
			'No filter tells them apart',
		);
	});

	it('leaves out what CAKE does not show of the conversions that share an ID', () => {
		const rows = [
			{ conversion_id: 11, payout: 0 },
			{ conversion_id: 12, offer_id: 7, affiliate_id: null, payout: '' },
			{ conversion_id: 13 },
		];
		const conversions = rows.map((row) => ({ id: row.conversion_id, row }));
		expect(describeKind('ambiguous', { reference, searched, conversions }).reason).toContain(
			'belongs to 11 (payout 0), 12 (offer 7), 13, among',
		);
	});

	it('says that nothing was changed when the search before an update failed', () => {
		const facts = { detail: 'HTTP 500.', searched: { range, filters: {} } };
		expect(describeKind('unavailable', { ...facts, isForUpdate: true }).reason).toMatch(
			/^The conversions from 2024-01-01 to 2024-01-31 .* nothing was changed\. HTTP 500\./,
		);
		expect(describeKind('unavailable', facts).reason).not.toContain('changed');
	});
});

describe('toNodeError', () => {
	it('names the item, and what was done before the failure', () => {
		const error = new CakeError('refused', { detail: 'CAKE says: "No".', httpStatus: 200 });
		const context = { audience: 'editor', itemIndex: 3, progress: 'Of 5 items 2 stored.' } as const;
		expect(toNodeError(NODE, error, context)).toMatchObject({
			message: 'CAKE refused the request',
			description:
				'CAKE says: "No". Correct the values of this item, or leave it out. Of 5 items 2 stored.',
			context: { itemIndex: 3 },
			httpCode: null,
		});
	});

	it('keeps a NodeOperationError, names an invalid field, and calls other errors a defect', () => {
		const own = new NodeOperationError(NODE, 'As it is');
		expect(toNodeError(NODE, own, { audience: 'editor' })).toBe(own);
		const invalid = new InvalidField("'Payout' is not a plain amount", 'Given: "x".');
		expect(toNodeError(NODE, invalid, { audience: 'editor', itemIndex: 0 })).toMatchObject({
			message: "'Payout' is not a plain amount",
			description: 'Given: "x".',
		});
		const defect = toNodeError(NODE, new TypeError('x is undefined'), { audience: 'trigger' });
		expect(defect).toBeInstanceOf(NodeOperationError);
		expect(describeFailure(new TypeError('x is undefined'), 'agent')).toMatchObject({
			kind: 'nodeDefect',
			reason: 'x is undefined Calling again does not help: tell the user.',
		});
	});
});
