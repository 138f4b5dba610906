import type { ReplyMaker } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { fromItems, sale } from '../../support/sales.mts';

const cake = useCake();

/** Answers the recording with this Unique ID in one way, and the one beside it in another. */
function answerTwo(uniqueId: string | undefined, first: ReplyMaker, second: ReplyMaker): void {
	const reply: ReplyMaker = (request) =>
		(request.parameters.unique_id === uniqueId ? first : second)(request);
	cake.sandbox.replyNext('record', reply, { times: 2 });
}

// The longest of all waits that may come between two tries.
beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0.999));
afterEach(() => jest.restoreAllMocks());

it.failing.each([
	['HTTP 503', { status: 503, headers: { 'Retry-After': '2' }, body: '' }],
	['HTTP 500', { status: 500, body: '' }],
])(
	'stops with the error of the item that was refused, not of one that waits for its next try after %s',
	async (name, unavailable) => {
		const message = 'Inactive Offer: 12345';
		const refusal = { body: { request_status: 'Error', message } };
		answerTwo(
			`${name} 0`,
			() => unavailable,
			() => refusal,
		);
		const run = await cake.record(
			{
				...fromItems,
				uniqueId: `=${name} {{ $itemIndex }}`,
				options: { retries: 1, maxConcurrent: 2 },
			},
			{ items: cake.account.freshClicks(2).map((click) => sale(click)) },
		);
		expect(run.error).toMatchObject({ context: { itemIndex: 1 } });
		expect(run.error?.description).toContain(message);
	},
);

it.failing.each([429, 503])(
	'sends an item that waited after HTTP %i, once the unclear recording that stopped it is found stored',
	async (status) => {
		answerTwo(
			undefined,
			({ proceed }) => {
				proceed();
				return { body: '' };
			},
			() => ({ status, headers: { 'Retry-After': '1' }, body: '' }),
		);
		const [unclear, ...others] = cake.account.freshClicks(3);
		const run = await cake.record(
			{
				...fromItems,
				uniqueId: '={{ $json.uniqueId }}',
				additionalFields: {
					orderId: '=ORDER-{{ $itemIndex }}',
					conversionDate: new Date().toISOString(),
				},
				options: { retries: 1, maxConcurrent: 2 },
			},
			{
				items: [
					sale(unclear),
					...others.map((click) => sale(click, { uniqueId: `${status} ${click.clickId}` })),
				],
			},
		);
		expect([run.status, run.items.length, cake.sandbox.counters.stored]).toEqual(['success', 3, 3]);
	},
);
