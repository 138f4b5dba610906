import type { INodeParameters } from 'n8n-workflow';
import type { ScriptedReply } from '../../../sandbox/server.mts';
import type { NodeRun } from '../../../harness/engine/engine.mts';
import { useCake } from '../../support/cake.mts';
import { supports } from '../../../harness/engine/n8n.mts';
import { Connections } from '../../support/connections.mts';
import { listWarnings, summarize } from '../../support/outcomes.mts';
import { getDetails, sale } from '../../support/sales.mts';

const cake = useCake();
const branch = { onError: 'continueErrorOutput' } as const;

const GUID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const DAY_MS = 86_400_000;

type Body = Record<string, unknown>;

/** Records one sale. CAKE stores it, and its reply is altered on the way back. */
async function recordWith(
	alter: (body: Body) => ScriptedReply | Body,
	parameters: INodeParameters,
): Promise<NodeRun> {
	cake.sandbox.replyNext('record', ({ proceed }) => {
		const reply = alter(proceed());
		return 'body' in reply ? (reply as ScriptedReply) : { body: reply };
	});
	return await cake.record(parameters, branch);
}

/** Gives the ID of the conversion that the test has stored. */
const findStoredId = () => cake.sandbox.log.find(({ result }) => result === 'stored')?.conversionId;

/** Expects one warning that names the value sent and, beside it, the value that CAKE has. */
function expectWarningOfBoth(run: NodeRun, sent: string, stored: string): void {
	const [warning = '', ...others] = listWarnings(run);
	expect(others).toEqual([]);
	expect(warning).toContain(sent);
	expect(warning.replaceAll(sent, '')).toContain(stored);
}

describe('a connection that breaks', () => {
	const UNREACHABLE = ['EHOSTUNREACH', 'ENETUNREACH'];
	/** Older n8n hides which system call failed. Then ECONNREFUSED alone counts as not sent. */
	const isCallNamed = supports('errorCause');
	const UNCLEAR_OUTCOME = { conversions: [], failures: ['unknownOutcome'] };
	const connections = new Connections(cake).use();

	it.each(isCallNamed ? [...UNREACHABLE, 'ECONNREFUSED'] : UNREACHABLE)(
		'does not send a recording again when the connection breaks after it arrived (read %s)',
		async (code) => {
			const [click] = cake.account.freshClicks(1);
			cake.sandbox.replyNext('record', ({ proceed }) => {
				const body = proceed();
				connections.break(code);
				return { body };
			});
			const run = await cake.record({ ...sale(click), options: { retries: 1 } }, branch);
			expect(cake.account.conversionsOfClick(click.clickId)).toHaveLength(1);
			expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
		},
	);

	it.each(UNREACHABLE)(
		'does not send a recording again when n8n hides which system call failed (%s)',
		async (code) => {
			const [click] = cake.account.freshClicks(1);
			cake.sandbox.replyNext('record', ({ proceed }) => {
				const body = proceed();
				connections.breakUnnamed(code);
				return { body };
			});
			const run = await cake.record({ ...sale(click), options: { retries: 1 } }, branch);
			expect(cake.account.conversionsOfClick(click.clickId)).toHaveLength(1);
			expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
		},
	);

	it('says nothing about an unclear recording’s connection that breaks without a code', async () => {
		cake.sandbox.replyNext('record', ({ proceed }) => {
			connections.breakUnnamed('');
			return { body: proceed() };
		});
		const run = await cake.record({}, branch);
		expect(getDetails(run.errorItems[0])).toMatchObject({
			kind: 'unknownOutcome',
			reason: expect.stringMatching(/^(It may be|Look)/) as string,
		});
	});

	it('sends a recording again when no address of the host could be connected to', async () => {
		connections.refuseNextAtAll('EHOSTUNREACH', ['connect', 'connect']);
		const run = await cake.record({ options: { retries: 1 } }, branch);
		const sentAgain = () => ({ conversions: [findStoredId()], failures: [] });
		expect(summarize(run)).toEqual(isCallNamed ? sentAgain() : UNCLEAR_OUTCOME);
	});

	it('does not send a recording again when one of several connections was made', async () => {
		connections.refuseNextAtAll('EHOSTUNREACH', ['connect', 'read']);
		const run = await cake.record({ options: { retries: 1 } }, branch);
		expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
	});

	it.each(isCallNamed ? [...UNREACHABLE, 'ECONNREFUSED'] : ['ECONNREFUSED'])(
		'sends a recording again when no connection could be made (connect %s)',
		async (code) => {
			connections.refuseNext(code);
			const run = await cake.record({ options: { retries: 1 } }, branch);
			expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
			expect(cake.sandbox.counters.stored).toBe(1);
		},
	);
});

describe('an unclear reply', () => {
	const location = '/Error.aspx?aspxerrorpath=/api/2/conversion.json';
	const makeErrorPage = (origin = '') => ({
		status: 302,
		headers: { Location: `${origin}${location}` },
		body: '',
	});

	it.each([
		['a redirect to its own error page', () => makeErrorPage()],
		['a redirect to its own error page by its full address', () => makeErrorPage(cake.sandbox.url)],
		['HTTP 408', () => ({ status: 408, body: '<h1>408 Request Timeout</h1>' })],
	])(
		'does not call a recording refused when CAKE stored it and answered with %s',
		async (_reply, reply) => {
			const run = await recordWith(reply, {});
			expect(cake.sandbox.counters.stored).toBe(1);
			expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
		},
	);

	it('names the conversion of a reply with an unknown request_status', async () => {
		const message = 'Recorded, but the daily cap is reached';
		const run = await recordWith((body) => ({ ...body, request_status: 'Warning', message }), {});
		expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
		expect(getDetails(run.errorItems[0]).conversion_ids).toEqual([findStoredId()]);
	});

	it('names the conversion of a reply that carries the Unique ID of another sale', async () => {
		const run = await recordWith((body) => ({ ...body, unique_id: 'DEAL-1' }), {
			uniqueId: 'DEAL-2',
		});
		expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
		expect(getDetails(run.errorItems[0]).conversion_ids).toEqual([findStoredId()]);
	});

	it.each([
		['HTTP 408', () => ({ status: 408, body: '' })],
		['a redirect to the error page of CAKE', () => makeErrorPage()],
	])('retries a query after %s', async (_reply, reply) => {
		cake.sandbox.replyNext('query', reply);
		const run = await cake.query({ options: { retries: 1 } });
		expect([run.status, cake.requests]).toEqual(['success', 2]);
	});

	it('reads the reply of a recording that begins with a byte order mark', async () => {
		const run = await recordWith((body) => ({ body: `\uFEFF${JSON.stringify(body)}` }), {});
		expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
	});
});

describe('a sale that CAKE stores in another form', () => {
	it.each([
		{
			form: 'cut short',
			sent: 'ORDER-2026-STORE-BERLIN-000012345',
			stored: 'ORDER-2026-STORE-BER',
		},
		{ form: 'without leading zeros', sent: '00012345', stored: 12345 },
		{ form: 'escaped for HTML', sent: 'BED&BATH-1', stored: 'BED&amp;BATH-1' },
		{ form: 'with ? for a letter', sent: 'ORDER-Ω-1', stored: 'ORDER-?-1' },
		{ form: 'with one space for two', sent: 'ORDER  77', stored: 'ORDER 77' },
		{ form: 'empty', sent: 'ORDER-78', stored: '' },
	])(
		'records a sale whose order ID CAKE stores $form, and warns of both values',
		async ({ form, sent, stored }) => {
			const run = await recordWith((body) => ({ ...body, order_id: stored }), {
				uniqueId: `DEAL-${form}`,
				additionalFields: { orderId: sent },
			});
			expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
			expectWarningOfBoth(run, sent, String(stored));
		},
	);

	it('records a sale whose order ID CAKE composes to Unicode NFC', async () => {
		const orderId = 'Cafe\u0301-77';
		const run = await recordWith((body) => ({ ...body, order_id: orderId.normalize('NFC') }), {
			uniqueId: 'DEAL-NFC',
			additionalFields: { orderId },
		});
		expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
	});

	it('records a sale that CAKE stores under another offer, and warns of both', async () => {
		const { offerId } = cake.account.addOffer({ offerId: 555 });
		const run = await recordWith((body) => ({ ...body, offer_id: 777 }), {
			...sale(cake.account.addClick({ offerId })),
			uniqueId: 'DEAL-OFFER',
		});
		expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
		expectWarningOfBoth(run, '555', '777');
	});

	const bare = GUID.replaceAll('-', '');
	it.each([
		['without its hyphens', GUID, bare],
		['with hyphens', bare, GUID],
		['in braces', GUID, `{${GUID}}`],
		['without its braces', `{${GUID}}`, GUID.toUpperCase()],
	])(
		'records a sale whose click ID is a GUID that CAKE sends back %s',
		async (form, sent, stored) => {
			const run = await recordWith((body) => ({ ...body, click_id: stored }), {
				...sale(cake.account.addClick({ clickId: sent })),
				uniqueId: `DEAL-${form}`,
			});
			expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
		},
	);

	it.each([
		{ field: 'payout', sent: '45.67', stored: 5.43 },
		{ field: 'revenue', sent: '98.76', stored: 12.34 },
	])('warns of both values when CAKE stores another $field', async ({ field, sent, stored }) => {
		const run = await recordWith((body) => ({ ...body, [field]: stored }), {
			uniqueId: `DEAL-${field}`,
			additionalFields: { [field]: sent },
		});
		expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
		expectWarningOfBoth(run, sent, String(stored));
	});

	const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

	it('warns of both days when CAKE stores a date that no time zone explains', async () => {
		const sent = Date.now() - 3 * DAY_MS;
		const stored = sent - 5 * DAY_MS;
		const run = await recordWith(
			(body) => ({ ...body, conversion_date: new Date(stored).toISOString() }),
			{
				uniqueId: 'DEAL-DATE',
				additionalFields: { conversionDate: new Date(sent).toISOString() },
			},
		);
		expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
		expectWarningOfBoth(run, toDay(sent), toDay(stored));
	});

	it('does not warn when CAKE writes the sent values in its own format', async () => {
		const sent = Date.now() - 3 * DAY_MS;
		const localTime = new Date(sent - 5 * 3_600_000).toISOString().slice(0, 19);
		const run = await recordWith(
			(body) => ({ ...body, conversion_date: localTime.replace('T', ' '), payout: '45.6700' }),
			{
				uniqueId: 'DEAL-ZONE',
				additionalFields: { conversionDate: new Date(sent).toISOString(), payout: '45.67' },
			},
		);
		expect(summarize(run)).toEqual({ conversions: [findStoredId()], failures: [] });
		expect(listWarnings(run)).toEqual([]);
	});
});
