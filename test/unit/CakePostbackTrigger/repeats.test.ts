import fc from 'fast-check';
import { RepeatMemory } from '../../../nodes/CakePostbackTrigger/repeats';

describe('the memory of repeats', () => {
	it('tells new, changed and repeated conversions apart, of each trigger on its own', () => {
		const call = fc.record({
			trigger: fc.constantFrom('a b', 'a', 'b'),
			id: fc.constantFrom('1', '2', 'b 1', '12'),
			payout: fc.constantFrom(1, 2, 3),
		});
		fc.assert(
			fc.property(fc.array(call), (calls) => {
				const memory = new RepeatMemory();
				const seen = new Map<string, number[]>();
				for (const { trigger, id, payout } of calls) {
					const entry = `${trigger}|${id}`;
					const known = seen.get(entry);
					const expected = !known ? 'new' : known.includes(payout) ? 'repeat' : 'changed';
					expect(memory.remember(trigger, id, { payout })).toBe(expected);
					seen.set(entry, [...(known ?? []), payout]);
				}
			}),
		);
	});

	it('forgets the conversion that it has not seen for longest, and no other', () => {
		const memory = new RepeatMemory(3);
		const remember = (id: string) => memory.remember('trigger', id, {});
		expect(['1', '2', '3'].map(remember)).toEqual(['new', 'new', 'new']);
		expect(remember('1')).toBe('repeat');
		expect(remember('4')).toBe('new');
		expect(['1', '3', '4'].map(remember)).toEqual(['repeat', 'repeat', 'repeat']);
		expect(remember('2')).toBe('new');
	});

	it('keeps the ten last forms of a conversion', () => {
		const memory = new RepeatMemory();
		const remember = (payout: number) => memory.remember('trigger', '1', { payout });
		for (let payout = 0; payout <= 10; payout++) remember(payout);
		expect([remember(10), remember(1), remember(0)]).toEqual(['repeat', 'repeat', 'changed']);
	});
});
