import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { ConversionEndpoint } from '../../../sandbox/server.mts';
import { DETAILS, useCake } from '../../support/cake.mts';
import { supports } from '../../../harness/engine/n8n.mts';

const cake = useCake({ rows: 5 });

interface Refusal {
	message: string;
	description: string;
}

/** Runs an operation that refuses these parameters before it sends anything. Gives the error. */
async function refuse(
	operation: ConversionEndpoint,
	parameters: INodeParameters,
	items: IDataObject[] = [{}],
): Promise<Refusal> {
	const run = await cake[operation](parameters, { items });
	expect(cake.requests).toBe(0);
	expect([run.status, run.error?.name]).toEqual(['error', 'NodeOperationError']);
	const { message, description, context } = run.error as unknown as Refusal & {
		context: { itemIndex: number };
	};
	expect(context.itemIndex).toBeGreaterThanOrEqual(0);
	expect(description).toMatch(/ Nothing was sent\.( \d+ more items? (was|were) refused\.)?$/);
	return { message, description };
}

const formatGiven = (value: unknown) => `Given: ${JSON.stringify(value)}. Accepted: `;

describe('an ID', () => {
	const IDS: Array<[ConversionEndpoint, string, (id: string | number) => INodeParameters]> = [
		['record', 'Offer', (offerId) => ({ offerId })],
		['update', 'Conversion ID', (conversionId) => ({ conversionId, status: 'approved' })],
		['query', 'Offer', (offerId) => ({ filters: { offerId } })],
		['query', 'Affiliate', (affiliateId) => ({ filters: { affiliateId } })],
		['query', 'Advertiser', (advertiserId) => ({ filters: { advertiserId } })],
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

	it.each(IDS)('refuses an unusable ID in %s by the label %s', async (operation, label, fill) => {
		for (const [id, finding] of BAD) {
			const { message, description } = await refuse(operation, fill(id));
			expect(message).toBe(`'${label}' ${finding}`);
			expect(description).toContain(`${formatGiven(id)}A whole number above 0, such as 12345`);
			const byExpression = await refuse(operation, fill('={{ $json.id }}'), [{ id }]);
			expect(byExpression).toEqual({ message, description });
		}
	});
});

describe('an amount', () => {
	it.each([
		...['5,00', '$5', '1e3', 'NaN', '5 EUR', '1,000.00', '='.repeat(2)],
		...['={{ NaN }}', '={{ [5] }}', '={{ true }}'],
	])('refuses %s as an amount', async (amount) => {
		for (const [name, label] of [
			['payout', 'Payout'],
			['revenue', 'Revenue'],
		]) {
			const additionalFields = { [name]: amount };
			const { message, description } = await refuse('record', { additionalFields });
			expect(message).toBe(`'${label}' is not a plain amount`);
			expect(description).toContain('Accepted: Digits with a point for decimals, such as 5');
		}
	});

	it('sends an amount of 0, and omits an empty one', async () => {
		for (const zero of ['0', '={{ 0 }}', '0.00']) {
			await cake.record({ additionalFields: { payout: zero, revenue: '' } });
		}
		expect(cake.sent().map(({ payout }) => payout)).toEqual(['0', '0', '0.00']);
		expect(cake.sent().map((sent) => 'revenue' in sent)).toEqual([false, false, false]);
	});
});

describe('a required text', () => {
	it.each(['   ', '={{ "" }}', '={{ null }}', '={{ $json.missing }}', '={{ " \\n" }}'])(
		'refuses a Click ID that holds nothing (%s)',
		async (clickId) => {
			const { message, description } = await refuse('record', { clickId });
			expect(message).toBe("'Click ID' is empty");
			expect(description).toMatch(/^This field is required\. Nothing was sent\./);
		},
	);

	it.each(['={{ true }}', '={{ {} }}', '={{ [1] }}', '={{ 2 ** 53 }}'])(
		'refuses a Click ID that is not text: %s',
		async (clickId) => {
			const { message } = await refuse('record', { clickId });
			expect(message).toMatch(/^'Click ID' is (not text|a number too long to be exact)$/);
		},
	);

	it('lets n8n refuse a Click ID that is empty in the form', async () => {
		const run = await cake.record({ clickId: '' });
		expect(run.error?.message).toContain(
			supports('namedIssues') ? 'Parameter "Click ID" is required' : 'The workflow has issues',
		);
		expect(cake.requests).toBe(0);
	});
});

describe('a date', () => {
	it.each(['yesterday', '2024-13-01', '2024-02-30', '={{ 1704067200000 }}', '01/02/2024'])(
		'refuses %s as a date',
		async (date) => {
			const parameters = { additionalFields: { conversionDate: date } };
			const { message, description } = await refuse('record', parameters);
			expect(message).toMatch(/^'Conversion Date' is not a date/);
			expect(description).toContain('Accepted: An ISO 8601 date such as 2024-01-31');
			const range = { dateRange: 'custom', startDate: '2024-01-01', endDate: date };
			expect((await refuse('query', range)).message).toMatch(/^'End Date' is not a date/);
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
	])('sends the date %s of a workflow in New York as %s', async (conversionDate, sent) => {
		const settings = { timezone: 'America/New_York', items: [{ at: '2024-06-30T23:30' }] };
		await cake.record({ additionalFields: { conversionDate } }, settings);
		expect(cake.sent()[0].conversion_date).toBe(sent);
	});

	it.each([
		['startDate', 'Start Date'],
		['endDate', 'End Date'],
	])('refuses a day that is empty in the form (%s)', async (name, label) => {
		const range = { startDate: '2024-01-01', endDate: '2024-01-31', [name]: '' };
		const { message, description } = await refuse('query', { dateRange: 'custom', ...range });
		expect(message).toBe(`'${label}' is empty`);
		expect(description).toBe('This field is required. Nothing was sent.');
	});

	it('refuses an end date before the start date', async () => {
		const range = { startDate: '2024-01-31', endDate: '2024-01-30' };
		const { message, description } = await refuse('query', { dateRange: 'custom', ...range });
		expect(message).toBe("'End Date' is before the start date");
		expect(description).toContain(`${formatGiven('2024-01-30')}A day from 2024-01-31 on.`);
	});
});

describe('counts and choices', () => {
	it.each([
		['Limit', 0, 'limit', 'is not a whole number, 1 or more'],
		['Limit', '={{ -1 }}', 'limit', 'is not a whole number, 1 or more'],
		['Limit', '={{ "ten" }}', 'limit', 'is not a whole number, 1 or more'],
		['Page Size', { pageSize: 501 }, 'options', 'is not a whole number, 1 to 500'],
		['Start at Row', { startAtRow: 0 }, 'options', 'is not a whole number, 1 or more'],
	] as Array<[string, INodeParameters[string], string, string]>)(
		'refuses %s of %j',
		async (label, value, name, finding) => {
			expect((await refuse('query', { [name]: value })).message).toBe(`'${label}' ${finding}`);
		},
	);

	it.each([
		['timeout', 0],
		['retries', -1],
		['maxConcurrent', 0],
		['maxConcurrent', 'many'],
	])('refuses the option %s of %p before anything is sent', async (name, value) => {
		const run = await cake.query({ options: { [name]: value } });
		expect(run.error?.message).toMatch(
			/^'(Timeout \(Seconds\)|Retries|Max Concurrent)' is not a whole/,
		);
		expect(cake.requests).toBe(0);
	});

	it('refuses a status that is none of the three', async () => {
		const status = '={{ "reversed" }}';
		const update = await refuse('update', { conversionId: 1, status });
		expect(update.message).toBe("'Status' is not a status CAKE knows");
		expect(update.description).toContain(
			`${formatGiven('reversed')}One of approved, pending, rejected.`,
		);
		const query = await refuse('query', { filters: { conversionStatus: status } });
		expect(query.message).toBe("'Conversion Status' is not a status CAKE knows");
	});
});

describe('an expression that comes out empty', () => {
	it.each([
		['offerId', 'Offer'],
		['affiliateId', 'Affiliate'],
		['advertiserId', 'Advertiser'],
		['conversionStatus', 'Conversion Status'],
	])('refuses an expression that comes out empty in the filter %s', async (name, label) => {
		for (const empty of ['={{ $json.missing }}', '={{ "" }}', '={{ null }}', '=  ', '']) {
			const { message, description } = await refuse('query', { filters: { [name]: empty } });
			expect(message).toBe(`'${label}' came out empty`);
			expect(description).toContain(
				'Check the expression, or enter a value. Remove the field to go without it.',
			);
		}
	});

	it('refuses a Unique ID that an expression leaves empty, but not an empty form field', async () => {
		for (const uniqueId of ['={{ $json.deal }}', '={{ $json.deal ?? "" }}', '= ']) {
			const { message, description } = await refuse('record', { uniqueId });
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
	])('sends a text %s unchanged', async (_name, text) => {
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

describe('one bad item among many', () => {
	const items = (count: number, bad: number): IDataObject[] =>
		cake.account.freshClicks(count).map(({ clickId, offerId }, index) => ({
			clickId,
			offerId: index === bad ? '12,001' : offerId,
		}));
	const parameters = { clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}' };

	it('sends nothing when one item of a thousand is bad', async () => {
		const run = await cake.record(parameters, { items: items(1000, 637) });
		expect(cake.requests).toBe(0);
		expect(run.error).toMatchObject({
			message: "'Offer' is not a whole number",
			context: { itemIndex: 637 },
		});
	});

	it('fails only the one bad item of a hundred when On Error continues', async () => {
		const run = await cake.record(parameters, {
			items: items(100, 37),
			onError: 'continueErrorOutput',
		});
		expect(run.passedOn).toEqual({ items: 99, errorItems: 1 });
		expect(run.errorItems[0]).toMatchObject({
			json: { error: "'Offer' is not a whole number", [DETAILS]: { kind: 'invalidValue' } },
			pairedItem: { item: 37 },
		});
		expect(cake.sandbox.counters.stored).toBe(99);
	});

	it('says how many more items are bad', async () => {
		const offers = ['x', 12001, 'y', 'z'].map((offerId) => ({ offerId }));
		const { description } = await refuse('record', { offerId: '={{ $json.offerId }}' }, offers);
		expect(description).toMatch(/Nothing was sent\. 2 more items were refused\.$/);
	});
});

describe('a date range', () => {
	it.each(['constructor', '__proto__', 'toString'])(
		'refuses a date range named like a member of every object: %s',
		async (dateRange) => {
			const run = await cake.query({ dateRange });
			expect([run.status, cake.requests]).toEqual(['error', 0]);
			expect(run.error?.message).toMatch(/^'Date Range' is not a range this node knows/);
		},
	);
});
