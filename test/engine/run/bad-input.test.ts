import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Endpoint } from '../../../sandbox/server.mts';
import { DETAILS, useCake } from '../../support/cake.mts';
import { supports } from '../../../harness/engine/n8n.mts';

const cake = useCake({ rows: 5 });

interface Refusal {
	/** The message without the item, and the description. */
	message: string;
	description: string;
}

/** What n8n shows for a node with these parameters, when nothing was sent. */
async function refusal(
	operation: Endpoint,
	parameters: INodeParameters,
	items: IDataObject[] = [{}],
): Promise<Refusal> {
	const run = await cake[operation](parameters, { items });
	expect(cake.requests).toBe(0);
	expect([run.status, run.error?.name]).toEqual(['error', 'NodeOperationError']);
	const { message, description, context } = run.error as unknown as Refusal & {
		context: { itemIndex: number };
	};
	expect(message).toMatch(new RegExp(` \\[Item ${context.itemIndex}\\]$`));
	expect(description).toMatch(/ Nothing was sent\.( \d+ more items? (was|were) refused\.)?$/);
	return { message: message.replace(/ \[Item \d+\]$/, ''), description };
}

const given = (value: unknown) => `Given: ${JSON.stringify(value)}. Accepted: `;

describe('an ID', () => {
	const IDS: Array<[Endpoint, string, (id: string | number) => INodeParameters]> = [
		['record', 'Offer ID', (offerId) => ({ offerId })],
		['update', 'Conversion ID', (conversionId) => ({ conversionId, status: 'approved' })],
		['query', 'Offer ID', (offerId) => ({ filters: { offerId } })],
		['query', 'Affiliate ID', (affiliateId) => ({ filters: { affiliateId } })],
		['query', 'Advertiser ID', (advertiserId) => ({ filters: { advertiserId } })],
	];
	const BAD: Array<[string | number, string]> = [
		['12.5', 'is not a whole number'],
		[12.5, 'is not a whole number'],
		['-3', 'is not a whole number'],
		[-3, 'is not above 0'],
		['0', 'is not above 0'],
		['abc', 'is not a whole number'],
		['9007199254740992', 'is too large'],
		[2 ** 53, 'is too large'],
	];

	it.each(IDS)('of %s that is none is refused by the name %s', async (operation, label, with_) => {
		for (const [id, finding] of BAD) {
			const { message, description } = await refusal(operation, with_(id));
			expect(message).toBe(`'${label}' ${finding}`);
			expect(description).toContain(`${given(id)}A whole number above 0, such as 12345`);
			const byExpression = await refusal(operation, with_('={{ $json.id }}'), [{ id }]);
			expect(byExpression).toEqual({ message, description });
		}
	});
});

describe('an amount', () => {
	it.each([
		...['5,00', '$5', '1e3', 'NaN', '5 EUR', '1,000.00', '='.repeat(2)],
		...['={{ NaN }}', '={{ [5] }}', '={{ true }}'],
	])('such as %s is refused', async (amount) => {
		for (const [name, label] of [
			['payout', 'Payout'],
			['revenue', 'Revenue'],
		]) {
			const additionalFields = { [name]: amount };
			const { message, description } = await refusal('record', { additionalFields });
			expect(message).toBe(`'${label}' is not a plain amount`);
			expect(description).toContain('Accepted: Digits with a point for decimals, such as 5');
		}
	});

	it('of 0 is sent, and an empty one is not', async () => {
		for (const zero of ['0', '={{ 0 }}', '0.00']) {
			await cake.record({ additionalFields: { payout: zero, revenue: '' } });
		}
		expect(cake.sent().map(({ payout }) => payout)).toEqual(['0', '0', '0.00']);
		expect(cake.sent().map((sent) => 'revenue' in sent)).toEqual([false, false, false]);
	});
});

describe('a required text', () => {
	it.each(['   ', '={{ "" }}', '={{ null }}', '={{ $json.missing }}', '={{ " \\n" }}'])(
		'that holds nothing (%s) is refused',
		async (clickId) => {
			const { message, description } = await refusal('record', { clickId });
			expect(message).toBe("'Click ID' is empty");
			expect(description).toMatch(/^This field is required\. Nothing was sent\./);
		},
	);

	it.each(['={{ true }}', '={{ {} }}', '={{ [1] }}', '={{ 2 ** 53 }}'])(
		'is not %s',
		async (clickId) => {
			const { message } = await refusal('record', { clickId });
			expect(message).toMatch(/^'Click ID' is (not text|a number too long to be exact)$/);
		},
	);

	it('left empty in the form is refused by n8n itself', async () => {
		const run = await cake.record({ clickId: '' });
		expect(run.error?.message).toContain(
			supports('namedIssues') ? 'Parameter "Click ID" is required' : 'The workflow has issues',
		);
		expect(cake.requests).toBe(0);
	});
});

describe('a date', () => {
	it.each(['yesterday', '2024-13-01', '2024-02-30', '={{ 1704067200000 }}', '01/02/2024'])(
		'such as %s is refused',
		async (date) => {
			const parameters = { additionalFields: { conversionDate: date } };
			const { message, description } = await refusal('record', parameters);
			expect(message).toMatch(/^'Conversion Date' is not a date/);
			expect(description).toContain('Accepted: An ISO 8601 date such as 2024-01-31');
			const range = { dateRange: 'custom', startDate: '2024-01-01', endDate: date };
			expect((await refusal('query', range)).message).toMatch(/^'End Date' is not a date/);
		},
	);

	it.each([
		[
			'={{ DateTime.fromISO("2024-01-01T14:32:00", { zone: "Asia/Tokyo" }) }}',
			'2024-01-01T05:32:00Z',
		],
		['={{ new Date("2024-01-01T14:32:00Z") }}', '2024-01-01T14:32:00Z'],
		['2024-01-01T14:32:00', '2024-01-01T19:32:00Z'],
		['2024-01-01', '2024-01-01T17:00:00Z'],
		['={{ $json.at }}', '2024-07-01T03:30:00Z'],
	])('given as %s in a workflow of New York is sent as %s', async (conversionDate, sent) => {
		const settings = { timezone: 'America/New_York', items: [{ at: '2024-06-30T23:30' }] };
		await cake.record({ additionalFields: { conversionDate } }, settings);
		expect(cake.sent()[0].conversion_date).toBe(sent);
	});

	it.each([
		['startDate', 'Start Date'],
		['endDate', 'End Date'],
	])('left empty in the form (%s) is refused', async (name, label) => {
		const range = { startDate: '2024-01-01', endDate: '2024-01-31', [name]: '' };
		const { message, description } = await refusal('query', { dateRange: 'custom', ...range });
		expect(message).toBe(`'${label}' is empty`);
		expect(description).toBe('This field is required. Nothing was sent.');
	});

	it('that ends before it starts is refused', async () => {
		const range = { startDate: '2024-01-31', endDate: '2024-01-30' };
		const { message, description } = await refusal('query', { dateRange: 'custom', ...range });
		expect(message).toBe("'End Date' is before the start date");
		expect(description).toContain(`${given('2024-01-30')}A day from 2024-01-31 on.`);
	});
});

describe('a count, a choice', () => {
	it.each([
		['limit', 'Limit', 0, 'is not a whole number, 1 or more'],
		['limit', 'Limit', '={{ -1 }}', 'is not a whole number, 1 or more'],
		['limit', 'Limit', '={{ "ten" }}', 'is not a whole number, 1 or more'],
		['options', 'Page Size', { pageSize: 501 }, 'is not a whole number, 1 to 500'],
		['options', 'Start at Row', { startAtRow: 0 }, 'is not a whole number, 1 or more'],
	] as Array<[string, string, INodeParameters[string], string]>)(
		'%s: %s of %j is refused',
		async (name, label, value, finding) => {
			expect((await refusal('query', { [name]: value })).message).toBe(`'${label}' ${finding}`);
		},
	);

	it.each([
		['timeout', 0],
		['retries', -1],
		['maxConcurrent', 0],
		['maxConcurrent', 'many'],
	])('Options of %s %p are refused before anything is sent', async (name, value) => {
		const run = await cake.query({ options: { [name]: value } });
		expect(run.error?.message).toMatch(
			/^'(Timeout \(Seconds\)|Retries|Max Concurrent)' is not a whole/,
		);
		expect(cake.requests).toBe(0);
	});

	it('that is none of the three statuses is refused', async () => {
		const status = '={{ "reversed" }}';
		const update = await refusal('update', { conversionId: 1, status });
		expect(update.message).toBe("'Status' is not a status CAKE knows");
		expect(update.description).toContain(`${given('reversed')}One of approved, pending, rejected.`);
		const query = await refusal('query', { filters: { conversionStatus: status } });
		expect(query.message).toBe("'Conversion Status' is not a status CAKE knows");
	});
});

describe('an expression that comes out empty', () => {
	it.each([
		['offerId', 'Offer ID'],
		['affiliateId', 'Affiliate ID'],
		['advertiserId', 'Advertiser ID'],
		['conversionStatus', 'Conversion Status'],
	])('is refused for the filter %s', async (name, label) => {
		for (const empty of ['={{ $json.missing }}', '={{ "" }}', '={{ null }}', '=  ', '']) {
			const { message, description } = await refusal('query', { filters: { [name]: empty } });
			expect(message).toBe(`'${label}' came out empty`);
			expect(description).toContain(
				'Check the expression, or enter a value. Remove the field to go without it.',
			);
		}
	});

	it('is refused for the Unique ID; the empty form field is not', async () => {
		for (const uniqueId of ['={{ $json.deal }}', '={{ $json.deal ?? "" }}', '= ']) {
			const { message, description } = await refusal('record', { uniqueId });
			expect(message).toBe("'Unique ID' came out empty");
			expect(description).toContain('Every sale should have its own, such as the deal ID');
		}
		expect((await cake.record({ uniqueId: '' })).status).toBe('success');
		expect(cake.sent()[0]).not.toHaveProperty('unique_id');
	});
});

describe('text of any kind', () => {
	it.each([
		['of many scripts', 'Ä 注文 🎂 é'],
		['with the signs of a URL', 'a&b=c#d+e%20f?g/h\\i'],
		['with quotation marks and tags', '"quoted" \'text\' <b>'],
		['of 500 characters', 'x'.repeat(500)],
	])('arrives as it is: one %s', async (_name, text) => {
		const adv = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`adv${n}`, `${text}${n}`]));
		const additionalFields = { orderId: text, ...adv };
		const run = await cake.record({ uniqueId: `U ${text}`, additionalFields });
		expect(cake.sent()[0]).toMatchObject({ order_id: text, unique_id: `U ${text}`, ...adv });
		expect(run.items[0].json).toMatchObject({ order_id: text, unique_id: `U ${text}` });
		const { conversion_id: conversionId } = run.items[0].json;
		await cake.update({ conversionId: conversionId as number, status: 'pending', note: text });
		expect(cake.sent('update')[0].note).toBe(text);
	});
});

describe('one bad item among a thousand', () => {
	const items = (): IDataObject[] =>
		cake.account.freshClicks(1000).map(({ clickId, offerId }, index) => ({
			clickId,
			offerId: index === 637 ? '12,001' : offerId,
		}));
	const parameters = { clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}' };

	it('stops the run with nothing sent', async () => {
		const run = await cake.record(parameters, { items: items() });
		expect(cake.requests).toBe(0);
		expect(run.error).toMatchObject({
			message: "'Offer ID' is not a whole number [Item 637]",
			context: { itemIndex: 637 },
		});
	});

	it('fails alone with Continue On Fail', async () => {
		const run = await cake.record(parameters, { items: items(), onError: 'continueErrorOutput' });
		expect(run.passedOn).toEqual({ items: 999, errorItems: 1 });
		expect(run.errorItems[0]).toMatchObject({
			json: { error: "'Offer ID' is not a whole number", [DETAILS]: { kind: 'invalidValue' } },
			pairedItem: { item: 637 },
		});
		expect(cake.sandbox.counters.stored).toBe(999);
	});

	it('tells how many more are bad', async () => {
		const offers = ['x', 12001, 'y', 'z'].map((offerId) => ({ offerId }));
		const { description } = await refusal('record', { offerId: '={{ $json.offerId }}' }, offers);
		expect(description).toMatch(/Nothing was sent\. 2 more items were refused\.$/);
	});
});

describe('a date range', () => {
	it.each(['constructor', '__proto__', 'toString'])(
		'that is no range but a member of every object is refused by its name: %s',
		async (dateRange) => {
			const run = await cake.query({ dateRange });
			expect([run.status, cake.requests]).toEqual(['error', 0]);
			expect(run.error?.message).toMatch(/^'Date Range' is not a range this node knows/);
		},
	);
});
