import { supports } from '../../../harness/engine/n8n.mts';
import { holds, useCake } from '../../support/cake.mts';
import { listIds, Poller, type PollerOptions } from '../../../harness/engine/poller.mts';
import { startSandbox, type FaultKind, type Status } from '../../../sandbox/server.mts';

interface PollError extends Error {
	description?: string;
	httpCode?: string | null;
	failure?: { cause: string; retryAfterMs?: number };
}

const cake = useCake({ rows: 300 });
const add = (status: Status = 'rejected') => cake.account.addConversion({ status }).conversionId;
const pollerFor = (more: Partial<PollerOptions> = {}) =>
	new Poller({ credential: cake.credential, isDurable: true, budgetMs: 20_000, ...more });
const tick = async (poller: Poller) => listIds(await poller.tick());

async function readFailure(work: () => Promise<unknown>): Promise<PollError> {
	try {
		await work();
	} catch (error) {
		return error as PollError;
	}
	throw new Error('It did not fail');
}

type PollFault = Exclude<
	FaultKind,
	'errorPage' | 'errorPageAfter' | 'requestTimeout' | 'requestTimeoutAfter' | 'warning'
>;
const KINDS: Record<PollFault, { message: string; cause?: string; httpCode?: string }> = {
	throttle: limited('429'),
	throttleDate: limited('429'),
	restricted: limited(),
	unavailable: unavailable('503'),
	serverError: unavailable('500'),
	resetBefore: unavailable(),
	resetAfter: unavailable(),
	hang: unavailable(),
	hangAfter: unavailable(),
	html: unavailable(),
	htmlAfter: unavailable(),
	cutOff: unavailable(),
	empty: unavailable(),
	echo: { message: 'CAKE refused the query' },
	redirect: { message: 'CAKE refused the query', httpCode: '302' },
	wrongKey: { message: 'CAKE did not accept the API key', cause: 'credential-invalid' },
};

function limited(httpCode?: string) {
	return {
		message: 'CAKE is limiting the number of requests',
		cause: 'rate-limited',
		...(httpCode && { httpCode }),
	};
}

function unavailable(httpCode?: string) {
	return {
		message: 'CAKE is not answering properly',
		cause: 'temporarily-unavailable',
		...(httpCode && { httpCode }),
	};
}

/** Words of advice for the action node: a trigger has no items, and no such options. */
const UNFIT = /\bitem|Max Concurrent|run the rest|Query without|values of this/i;

describe.each(Object.keys(KINDS) as PollFault[])('a poll that meets %s', (kind) => {
	const isHang = kind.startsWith('hang');
	const atOnce = kind.startsWith('throttle') ? { retryAfter: 0 } : {};
	const more = { budgetMs: isHang ? 400 : 20_000 };

	it('fails with cause and remedy, keeps its memory, and announces later what the poll missed', async () => {
		const poller = await pollerFor(more).publish();
		const { memory } = poller;
		const id = add();
		cake.begin();
		cake.sandbox.failNext(kind, { times: 2, ...atOnce });
		const error = await readFailure(() => poller.tick());
		const { message, cause, httpCode } = KINDS[kind];
		expect(error.message).toBe(message);
		expect(error.name).toBe('NodeApiError');
		if (supports('failure')) expect(error.failure?.cause).toBe(cause);
		expect(error.httpCode ?? undefined).toBe(httpCode);
		expect(error.description).toMatch(/[A-Z].*\.$/s);
		expect(error.description).not.toMatch(UNFIT);
		const givesUp = ['echo', 'redirect', 'wrongKey'].includes(kind) || isHang;
		expect(cake.requests).toBe(givesUp ? 1 : 2);
		expect(poller.memory).toEqual(memory);

		expect(holds(cake.sandbox.apiKey, [error, poller.log])).toBe(false);

		// Uses up the faults that are still scripted.
		await Promise.allSettled([pollerFor(more).test()]);
		expect(await tick(poller)).toEqual([id]);
	});

	it('retries after a single fault that may pass, and announces in the same poll', async () => {
		if (['echo', 'redirect', 'wrongKey', 'hang', 'hangAfter'].includes(kind)) return;
		const poller = await pollerFor().publish();
		const id = add();
		cake.sandbox.failNext(kind, atOnce);
		expect(await tick(poller)).toEqual([id]);
	});
});

describe('a poll that CAKE asks to wait', () => {
	it('ends a poll in time when CAKE asks for a longer wait, and gives its length', async () => {
		const poller = await pollerFor({ budgetMs: 3_000 }).publish();
		cake.begin();
		cake.sandbox.failNext('throttle', { retryAfter: 30 });
		const error = await readFailure(() => poller.tick());
		expect(cake.requests).toBe(1);
		expect(error.message).toBe('CAKE is limiting the number of requests');
		expect(error.httpCode).toBe('429');
		if (supports('failure')) {
			expect(error.failure).toEqual({ cause: 'rate-limited', retryAfterMs: 30_000 });
		}
		expect(error.description).toContain('The next poll tries again and misses nothing');
	});

	it('gives up at once when CAKE asks for a wait of minutes, with advice for a trigger', async () => {
		const poller = await pollerFor().publish();
		cake.begin();
		cake.sandbox.failNext('throttle', { retryAfter: 300 });
		const error = await readFailure(() => poller.tick());
		expect(cake.requests).toBe(1);
		expect(error.description).toContain('CAKE asks to wait 300 s. The next poll tries again');
		expect(error.description).not.toMatch(UNFIT);
		if (supports('failure')) expect(error.failure?.retryAfterMs).toBe(300_000);
	});
});

describe('a server that cannot be reached', () => {
	it('reports a server that cannot be reached', async () => {
		const sandbox = await startSandbox();
		const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
		const poller = await pollerFor({ credential }).publish();
		await sandbox.close();
		const error = await readFailure(() => poller.tick());
		expect(error.message).toBe('CAKE could not be reached');
		expect(error.description).toContain('ECONNREFUSED');
		expect(error.description).toContain("Check 'Base URL' in the CAKE credential");
		if (supports('failure')) expect(error.failure?.cause).toBe('temporarily-unavailable');
	});
});

describe('the poll of publishing', () => {
	it.each([true, false])(
		'prevents publishing when its poll fails, and leaves memory alone (durable: %s)',
		async (isDurable) => {
			const poller = pollerFor({ isDurable });
			cake.sandbox.failNext('wrongKey');
			const error = await readFailure(() => poller.activate());
			expect(error.message).toBe('CAKE did not accept the API key');
			expect(poller.memory).toBeUndefined();
			await poller.publish();
			const id = add();
			expect(await tick(poller)).toEqual([id]);
		},
	);

	it('loses nothing when the poll after a restart of n8n fails', async () => {
		const poller = await pollerFor({ isDurable: false }).publish();
		expect(await tick(poller)).toEqual([]);
		const id = add();
		cake.sandbox.failNext('unavailable', { times: 2 });
		await readFailure(() => poller.restart());
		expect(listIds(await poller.restart())).toEqual([id]);
	});
});

describe('a failing list among several', () => {
	it('fails the poll when one of its lists fails, and announces nothing of the others yet', async () => {
		const parameters = { statuses: ['approved', 'pending', 'rejected'] };
		const poller = await pollerFor({ parameters }).publish();
		const ids = [add('approved'), add('pending'), add('rejected')];
		const { memory } = poller;
		cake.begin();
		cake.sandbox.failNext('redirect');
		const error = await readFailure(() => poller.tick());
		expect(error.message).toBe('CAKE refused the query');
		expect(cake.requests).toBeLessThanOrEqual(3);
		expect(poller.memory).toEqual(memory);
		expect((await tick(poller)).sort()).toEqual(ids.sort());
	});
});

describe('the time of a poll', () => {
	it('fails a poll at its deadline when CAKE is silent, and says that the next one tries again', async () => {
		const poller = await pollerFor({ budgetMs: 500 }).publish();
		const { memory } = poller;
		cake.sandbox.failNext('hang');
		const error = await readFailure(() => poller.tick());
		expect(error.message).toBe('CAKE is not answering properly');
		expect(error.description).toBe(
			'No full reply within 0.5 s. The next poll tries again and misses nothing.',
		);
		expect(poller.memory).toEqual(memory);
	});

	it.each([1, 3])(
		'says that its deadline came after %i of many pages, and what helps',
		async (pages) => {
			const sandbox = await startSandbox({ rows: 5_000 });
			let queries = 0;
			sandbox.onQuery(() => {
				if (++queries === pages) sandbox.failNext('hang', { times: Infinity });
			});
			try {
				const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
				const parameters = { event: 'new', options: { lookBackDays: 40 } };
				const poller = pollerFor({ credential, parameters, budgetMs: 2_500 });
				const error = await readFailure(() => poller.activate());
				expect(error.message).toBe("CAKE's list is too long for one poll");
				expect(error.description).toMatch(/^\d+ pages? were read in 2\.5 s, and there are more\./);
				expect(error.description).toContain("add a filter or lower 'Look Back Days' under Options");
				if (supports('failure')) expect(error.failure?.cause).toBe('temporarily-unavailable');
				expect(poller.memory).toBeUndefined();
			} finally {
				await sandbox.close();
			}
		},
	);

	it('polls without a time limit from n8n', async () => {
		const poller = await new Poller({ credential: cake.credential, isDurable: true }).publish();
		const id = add();
		expect(await tick(poller)).toEqual([id]);
	});

	it('reports HTTP 504 as a failure of CAKE, not as the end of its own time', async () => {
		const poller = await pollerFor().publish();
		cake.sandbox.replyNext('query', () => ({ status: 504, body: 'Gateway Timeout' }), { times: 2 });
		const error = await readFailure(() => poller.tick());
		expect(error.message).toBe('CAKE is not answering properly');
		expect(error.description).toContain('HTTP 504');
	});
});

describe('rows that cannot be used', () => {
	it('fails a poll when a row has no ID', async () => {
		const poller = await pollerFor().publish();
		const body = { request_status: 'Success', total_rows: 1, conversions: [{ click_id: 'x' }] };
		cake.sandbox.replyNext('query', () => ({ body }), { times: 2 });
		const error = await readFailure(() => poller.tick());
		expect(error.message).toBe('CAKE is not answering properly');
		expect(error.description).toContain('a row without a conversion ID');
	});

	it('fails a poll when CAKE ignores the filter and sends rows of another offer', async () => {
		const [{ offerId }, other] = cake.account.activeOffers();
		const poller = await pollerFor({ parameters: { filters: { offerId } } }).publish();
		const row = { conversion_id: 5, offer_id: other.offerId, conversion_status: 'rejected' };
		const body = { request_status: 'Success', total_rows: 1, conversions: [row] };
		const { memory } = poller;
		cake.sandbox.replyNext('query', () => ({ body }));
		const error = await readFailure(() => poller.tick());
		expect(error.message).toBe("CAKE ignored the filter 'Offer'");
		expect(error.description).toContain(`Asked for ${offerId}, it also sent ${other.offerId}`);
		expect(error.description).toContain("Remove the filter 'Offer', and filter in the workflow");
		expect(poller.memory).toEqual(memory);
	});
});

describe('an account that others change during a poll', () => {
	it.each(['newest', 'oldest', 'shuffled'] as const)(
		'announces each rejection once while others add and change rows (%s)',
		async (order) => {
			const sandbox = await startSandbox({
				rows: 600,
				order,
				insertWhilePaging: 1,
				changeStatusWhilePaging: 1,
				maxRowsPerPage: 100,
			});
			try {
				const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
				const parameters = { statuses: ['approved', 'rejected'] };
				const poller = await pollerFor({ credential, parameters, isDurable: false }).publish();
				for (let round = 0; round < 4; round++) {
					const { conversionId } = sandbox.account.addConversion({ status: 'rejected' });
					expect(await tick(poller)).toContain(conversionId);
				}
				expect(poller.log.filter((line) => line.startsWith('warn'))).toEqual([]);
				const announced = poller.announced.map(
					(row) => `${String(row.conversion_id)} ${String(row.conversion_status)}`,
				);
				expect(new Set(announced).size).toBe(announced.length);
			} finally {
				await sandbox.close();
			}
		},
	);
});
