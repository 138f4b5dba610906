import { wait } from '../../../../nodes/cake/transport/sleep';

const HOUR_MS = 3_600_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** The milliseconds that a wait of 1,000 ms takes when the clock changes after 500 ms. */
async function measure(change: () => void): Promise<number> {
	let isOver = false;
	void wait(1_000, undefined).then(() => (isOver = true));
	await jest.advanceTimersByTimeAsync(500);
	change();
	let ms = 500;
	for (; !isOver && ms < 5_000; ms += 100) await jest.advanceTimersByTimeAsync(100);
	return ms;
}

describe('wait', () => {
	it.each([
		['set back', -HOUR_MS],
		['set forward', HOUR_MS],
	])('waits as long as asked although the clock is %s by an hour', async (_, ms) => {
		expect(await measure(() => jest.setSystemTime(Date.now() + ms))).toBe(1_000);
	});

	it('does not wait at all when it was stopped before', async () => {
		await wait(HOUR_MS, AbortSignal.abort());
	});
});
