import { DAY_MS } from '../../../sandbox/account/calendar.mts';
import { Clock } from '../../support/clock.mts';
import { useCake } from '../../support/cake.mts';
import { chooseCount } from '../../support/scale.mts';
import { listIds, Poller, type PollerOptions } from '../../../harness/engine/poller.mts';
import { startSandbox, type Sandbox } from '../../../sandbox/server.mts';

const HOUR_MS = 3_600_000;
const START = '2026-11-18T21:30:00Z';
const clock = new Clock(START).use();
beforeEach(() => clock.set(START));

const tick = async (poller: Poller) => listIds(await poller.tick());

/** Gives the start and end date of the last query. */
function getLastRange({ log }: Pick<Sandbox, 'log'>) {
	const { start_date: start, end_date: end } = log[log.length - 1].parameters;
	return [start, end];
}

describe.each([
	['UTC-12', 'Etc/GMT+12'],
	['New York', 'America/New_York'],
	['UTC', 'UTC'],
	['Kathmandu', 'Asia/Kathmandu'],
	['UTC+14', 'Pacific/Kiritimati'],
])('an account in the zone of %s', (_, timeZone) => {
	it.each([true, false])(
		'announces every conversion once as the days roll over (end date counted in: %s)',
		async (endDateInclusive) => {
			const sandbox = await startSandbox({ now: clock.now, timeZone, endDateInclusive });
			try {
				const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
				const parameters = { event: 'new', options: { lookBackDays: 1 } };
				const poller = await new Poller({ credential, parameters }).publish();
				const added: number[] = [];
				// Over a midnight, in UTC and everywhere else; at full scale over three.
				for (let hour = 0; hour < chooseCount(27, 75); hour++) {
					clock.pass(HOUR_MS / 2);
					added.push(sandbox.account.addConversion().conversionId);
					clock.pass(HOUR_MS / 2);
					added.push(
						sandbox.account.addConversion({ at: clock.now().getTime() - 10 }).conversionId,
					);
					await poller.tick();
				}
				expect(listIds(poller.announced).sort()).toEqual(added.sort());
				expect(sandbox.counters.refusedParameters).toEqual([]);
			} finally {
				await sandbox.close();
			}
		},
	);
});

describe('the window of a poll', () => {
	const cake = useCake({ now: clock.now });
	beforeEach(() => {
		for (const id of cake.account.conversions.keys()) cake.account.removeConversion(id);
	});
	const pollerFor = (parameters: PollerOptions['parameters'] = {}, isDurable = false) =>
		new Poller({ credential: cake.credential, parameters, isDurable });
	const add = (daysBack = 0, more = {}) =>
		cake.account.addConversion({ at: clock.now().getTime() - daysBack * DAY_MS, ...more })
			.conversionId;
	const reject = (id: number) => cake.account.setStatus(id, 'rejected');

	it.each([
		['new', {}, '2026-11-16'],
		['new', { lookBackDays: 5 }, '2026-11-13'],
		['statusChange', {}, '2026-10-19'],
		['statusChange', { lookBackDays: '365' }, '2025-11-18'],
		['statusChange', { lookBackDays: '={{ 3 }}' }, '2026-11-15'],
	])('polls %s with %j from %s until two days from now', async (event, options, start) => {
		await pollerFor({ event, options }).activate();
		expect(getLastRange(cake.sandbox)).toEqual([start, '2026-11-20']);
	});

	it('announces a new conversion dated back two days, but not three', async () => {
		const poller = await pollerFor({ event: 'new' }).publish();
		const id = add(2);
		const tooOld = add(3);
		expect(await tick(poller)).toEqual([id]);
		expect(tooOld).toBeGreaterThan(0);
	});

	it('moves its window by a day only after the past day was read to its end', async () => {
		const poller = await pollerFor({ event: 'new' }).publish();
		clock.set('2026-11-19T00:00:30Z');
		await poller.tick();
		expect(getLastRange(cake.sandbox)).toEqual(['2026-11-16', '2026-11-21']);
		await poller.tick();
		expect(getLastRange(cake.sandbox)).toEqual(['2026-11-17', '2026-11-21']);
	});

	it.each([
		['a day is over', 2, async () => clock.pass(DAY_MS)],
		[
			'the look-back is lowered',
			20,
			async (poller: Poller) => {
				poller.change({ options: { lookBackDays: 2 } });
				await poller.activate();
			},
		],
	])('does not warn of conversions that leave the window when %s', async (_, age, narrow) => {
		const poller = pollerFor({ options: { lookBackDays: age } });
		for (let count = 0; count < 12; count++) add(age, { status: 'rejected' });
		await poller.publish();
		expect(await tick(poller)).toEqual([]);
		await narrow(poller);
		for (let poll = 0; poll < 4; poll++) {
			expect(await tick(poller)).toEqual([]);
			clock.pass(60_000);
		}
		expect(poller.log.join()).not.toContain('warn');
	});

	it.each([true, false])('loses nothing in a weekend’s outage (durable: %s)', async (isDurable) => {
		const poller = await pollerFor({ event: 'new' }, isDurable).publish();
		const added: number[] = [];
		for (let hour = 0; hour < 65; hour++) {
			clock.pass(HOUR_MS);
			added.push(add(), add(2));
		}
		const found = [...listIds(await poller.restart()), ...(await tick(poller))];
		expect(found.sort()).toEqual(added.sort());
		expect(await tick(poller)).toEqual([]);
	});

	it.each([
		[90, true],
		[91, false],
	])('announces conversions after %d days without a poll: %s', async (gap, announces) => {
		const poller = await pollerFor({ event: 'new' }).publish();
		clock.pass(gap * DAY_MS);
		const id = add();
		expect(listIds(await poller.restart())).toEqual(announces ? [id] : []);
		expect(poller.log.join().includes('over 90 days ago')).toBe(!announces);
		const next = add();
		expect(await tick(poller)).toEqual([next]);
	});

	it('starts a quiet account anew 90 days after the last saved poll, at n8n’s defaults', async () => {
		const poller = await pollerFor().publish();
		for (let day = 0; day < 92; day += 4) {
			clock.pass(4 * DAY_MS);
			expect(await tick(poller)).toEqual([]);
		}
		const whileRunning = add(0, { status: 'rejected' });
		expect(await tick(poller)).toEqual([whileRunning]);
		for (let day = 0; day < 92; day += 4) {
			clock.pass(4 * DAY_MS);
			await poller.tick();
		}
		add(0, { status: 'rejected' });
		expect(listIds(await poller.restart())).toEqual([]);
		expect(poller.log.join()).toContain('over 90 days ago');
	});

	describe('a change of the look-back', () => {
		it('keeps the start of its window when the look-back is raised, and announces nothing old', async () => {
			reject(add(20));
			const poller = await pollerFor({ options: { lookBackDays: 10 } }).publish();
			poller.change({ options: { lookBackDays: 30 } });
			expect(await poller.activate()).toEqual([]);
			expect(getLastRange(cake.sandbox)).toEqual(['2026-11-08', '2026-11-20']);
			clock.pass(5 * DAY_MS);
			await poller.tick();
			expect(await tick(poller)).toEqual([]);
			expect(getLastRange(cake.sandbox)).toEqual(['2026-11-08', '2026-11-25']);
			const id = add(15);
			reject(id);
			expect(await tick(poller)).toEqual([id]);
		});

		it('shortens its window when the look-back is lowered, and announces nothing twice', async () => {
			const poller = await pollerFor({ options: { lookBackDays: 30 } }).publish();
			const old = add(20);
			reject(old);
			expect(await tick(poller)).toEqual([old]);
			poller.change({ options: { lookBackDays: 2 } });
			expect(await poller.activate()).toEqual([]);
			expect(getLastRange(cake.sandbox)).toEqual(['2026-11-09', '2026-11-20']);
			expect(await tick(poller)).toEqual([]);
			expect(getLastRange(cake.sandbox)).toEqual(['2026-11-16', '2026-11-20']);
			poller.change({ options: { lookBackDays: 30 } });
			expect(await poller.activate()).toEqual([]);
			expect(await tick(poller)).toEqual([]);
		});

		it('reads a window again that was too large once the look-back is lowered', async () => {
			const poller = await pollerFor({ options: { lookBackDays: 60 } }).publish();
			const isTooMuch = ({ parameters }: { parameters: { start_date?: unknown } }) =>
				String(parameters.start_date) < '2026-11-01';
			cake.sandbox.replyNext(
				'query',
				(request) =>
					isTooMuch(request) ? { status: 500, body: 'too much' } : { body: request.proceed() },
				{ times: 4 },
			);
			await expect(poller.tick()).rejects.toThrow('CAKE is not answering properly');
			poller.change({ options: { lookBackDays: 2 } });
			expect(await poller.activate()).toEqual([]);
			expect(await tick(poller)).toEqual([]);
		});
	});

	describe.each([true, false])('a clock that is set back (durable: %s)', (isDurable) => {
		it.each([1, 5, 20, 40, 80])(
			'announces each conversion once when the clock is set back by %d days',
			async (back) => {
				const poller = pollerFor({}, isDurable);
				const first = add(1, { status: 'rejected' });
				await poller.publish();
				const right = clock.now().getTime();
				const second = add(0, { status: 'rejected' });
				expect(await tick(poller)).toEqual([second]);
				clock.pass(-back * DAY_MS);
				for (let poll = 0; poll < 4; poll++) expect(await tick(poller)).toEqual([]);
				const third = add(-back, { status: 'rejected' });
				expect(await tick(poller)).toEqual([third]);
				clock.set(right + HOUR_MS);
				for (let poll = 0; poll < 4; poll++) expect(await tick(poller)).toEqual([]);
				const fourth = add(0, { status: 'rejected' });
				expect(await tick(poller)).toEqual([fourth]);
				expect(listIds(poller.announced)).toEqual([second, third, fourth]);
				expect(first).toBeGreaterThan(0);
			},
		);
	});

	it.each([1, 20, 60, 2000])(
		'announces new conversions again after the clock ran %d days ahead for a while',
		async (ahead) => {
			const poller = pollerFor();
			add(1, { status: 'rejected' });
			await poller.publish();
			const right = clock.now().getTime();
			clock.pass(ahead * DAY_MS);
			for (let poll = 0; poll < 3; poll++) expect(await tick(poller)).toEqual([]);
			clock.set(right + HOUR_MS);
			for (let poll = 0; poll < 3; poll++) expect(await tick(poller)).toEqual([]);
			const id = add(0, { status: 'rejected' });
			expect(await tick(poller)).toEqual([id]);
			expect(await tick(poller)).toEqual([]);
		},
	);

	it('keeps its window from growing forever when CAKE’s total is never reached', async () => {
		const poller = await pollerFor({ event: 'new' }).publish();
		cake.sandbox.replyNext('query', ({ proceed }) => ({ body: { ...proceed(), total_rows: 50 } }), {
			times: Infinity,
		});
		add();
		for (let day = 0; day < 14; day++) {
			clock.pass(DAY_MS);
			const id = add();
			expect(await tick(poller)).toContain(id);
		}
		await poller.tick();
		const [start, end] = getLastRange(cake.sandbox);
		expect(Date.parse(String(end)) - Date.parse(String(start))).toBe(11 * DAY_MS);
		expect(poller.announced).toHaveLength(15);
	});
});
