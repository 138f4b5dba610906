import { useCake } from '../../support/cake.mts';
import { awaitAtMost } from '../../support/in-time.mts';
import { Poller } from '../../../harness/engine/poller.mts';

const cake = useCake({ rows: 30, days: 5 });
const HOUR_MS = 3_600_000;

afterEach(() => jest.restoreAllMocks());

describe('a clock that is set back', () => {
	const { now } = Date;
	const setBack = () => jest.spyOn(Date, 'now').mockImplementation(() => now() - HOUR_MS);

	/** Runs the first poll with one second of time. Undefined when it does not end in time. */
	async function poll(): Promise<string | undefined> {
		const parameters = { event: 'new' };
		const poller = new Poller({ credential: cake.credential, parameters, budgetMs: 1_000 });
		const ended = poller.activate().then(
			() => 'succeeds',
			() => 'fails',
		);
		return await awaitAtMost(20_000, ended);
	}

	it('ends a poll at its deadline when the clock was set back before it', async () => {
		setBack();
		cake.sandbox.failNext('hang', { endpoint: 'query' });
		expect([await poll(), cake.requests]).toEqual(['fails', 1]);
	});

	it('ends a poll at its deadline when the clock is set back during it', async () => {
		// Without jitter the second try comes at once.
		jest.spyOn(Math, 'random').mockReturnValue(0);
		cake.sandbox.replyNext('query', () => {
			setBack();
			cake.sandbox.failNext('hang', { endpoint: 'query' });
			return { status: 500, body: '' };
		});
		expect([await poll(), cake.requests]).toEqual(['fails', 2]);
	});
});
