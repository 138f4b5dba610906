import { useCake } from '../../support/cake.mts';
import { listIds, Poller } from '../../../harness/engine/poller.mts';

type Body = Record<string, unknown> & { conversions: unknown[] };

const cake = useCake({ rows: 100 });
const reject = () => cake.account.addConversion({ status: 'rejected' }).conversionId;

/** Changes every correct reply before it is sent. Undefined leaves replies as they are. */
let alter: ((body: Body) => Body) | undefined;

beforeAll(() => {
	cake.sandbox.replyNext(
		'query',
		({ proceed }) => {
			const body = proceed() as Body;
			return { body: alter ? alter(body) : body };
		},
		{ times: Infinity },
	);
});
beforeEach(() => {
	alter = undefined;
	for (let i = 0; i < 10; i++) reject();
});

async function tick(poller: Poller): Promise<number[]> {
	poller.log.length = 0;
	return listIds(await poller.tick());
}

describe.each([
	['at n8n’s defaults', false],
	['with durable cursors', true],
])('a trigger %s', (_, isDurable) => {
	const newPoller = () => new Poller({ credential: cake.credential, isDurable });

	it('does not announce everything again after CAKE listed nothing for a while', async () => {
		const poller = await newPoller().publish();
		alter = (body) => ({ ...body, conversions: [], total_rows: 0 });
		expect(await tick(poller)).toEqual([]);
		expect(poller.log.join()).toMatch(
			/warn .*CAKE lists 0 conversions \(rejected\), and most of the earlier ones are gone/,
		);
		for (let round = 0; round < 3; round++) {
			expect(await tick(poller)).toEqual([]);
			// The warning comes once, not with every poll of an hour.
			expect(poller.log.join()).not.toContain('warn');
		}
		alter = undefined;
		const id = reject();
		expect(await tick(poller)).toEqual([id]);
		expect(poller.log.join()).not.toContain('warn');
	});

	it('does not announce conversions that its first read lacked', async () => {
		const poller = newPoller();
		alter = (body) => ({ ...body, conversions: body.conversions.slice(3) });
		await poller.publish();
		expect(poller.log.join()).toMatch(
			/warn .*The workflow does not start until a poll reads them all, or [23] more have tried/,
		);
		alter = undefined;
		expect(await tick(poller)).toEqual([]);
		const id = reject();
		expect(await tick(poller)).toEqual([id]);
	});
});
