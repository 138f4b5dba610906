import { startBudget } from '../../../nodes/CakeConversionsTrigger/budget';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('startBudget', () => {
	it.each([
		[45_000, 'n8n gives none', {}],
		[45_000, 'n8n gives more', { getPollBudgetMs: () => 60_000 }],
		[20_000, 'n8n gives less', { getPollBudgetMs: () => 20_000 }],
	])('gives a poll %d ms when %s', (totalMs, _when, context) => {
		expect(startBudget(context)).toMatchObject({ totalMs });
	});

	it('tells what is left in whole milliseconds, and 1 when nothing is', () => {
		const budget = startBudget({ getPollBudgetMs: () => 1_000 });
		jest.advanceTimersByTime(400);
		expect(budget.remainingMs()).toBe(600);
		jest.advanceTimersByTime(700);
		expect(budget.remainingMs()).toBe(1);
	});
});
