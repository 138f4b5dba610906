import type { IDataObject } from 'n8n-workflow';
import { TriggerMemory } from '../../../nodes/CakeConversionsTrigger/memory';
import { toStored, type Snapshot } from '../../../nodes/CakeConversionsTrigger/snapshot';

const MINUTE_MS = 60_000;
const TRIGGER = 'workflow node scope';
const WRITTEN: Omit<Snapshot, 'counter'> = {
	scope: 'scope',
	from: '2026-10-23',
	polledOn: '2026-11-22',
	lists: {},
};

let now: number;

/** The memory of a poll that begins now. Without a counter nothing is stored. */
function begin(counter: number | undefined, trigger = TRIGGER): TriggerMemory {
	const data: IDataObject = {};
	if (counter !== undefined) data.memory = toStored({ ...WRITTEN, counter });
	return new TriggerMemory(data, trigger, () => {});
}

const announce = (began: number) => begin(began).write(WRITTEN, true);

describe('TriggerMemory', () => {
	beforeEach(() => {
		now = (now ?? 0) + 60 * MINUTE_MS;
		jest.spyOn(performance, 'now').mockImplementation(() => now);
		announce(6);
	});
	afterEach(() => jest.restoreAllMocks());

	it('is overtaken when it is older than what another poll has just announced', () => {
		expect([6, 7, 8].map((counter) => begin(counter).isOvertaken())).toEqual([true, false, false]);
	});

	it('is not overtaken when it is empty or belongs to another trigger', () => {
		expect(begin(undefined).isOvertaken()).toBe(false);
		expect(begin(6, 'workflow node other-scope').isOvertaken()).toBe(false);
		expect(begin(6, 'other node scope').isOvertaken()).toBe(false);
	});

	it('is not overtaken by a poll that announced nothing', () => {
		begin(7).write(WRITTEN, false);
		expect(begin(7).isOvertaken()).toBe(false);
	});

	it('is overtaken by an announcement during its poll, however long the poll takes', () => {
		const memory = begin(7);
		announce(7);
		now += MINUTE_MS;
		expect(memory.isOvertaken()).toBe(true);
	});

	it('is not overtaken from 30 seconds after an announcement before its poll', () => {
		now += MINUTE_MS / 2 - 1;
		const memory = begin(6);
		expect(memory.isOvertaken()).toBe(true);
		now += 1;
		expect([memory.isOvertaken(), begin(6).isOvertaken()]).toEqual([false, false]);
	});

	it('is overtaken when another poll has written to the same memory', () => {
		const data: IDataObject = { memory: toStored({ ...WRITTEN, counter: 20 }) };
		const [first, second] = [0, 1].map(() => new TriggerMemory(data, TRIGGER, () => {}));
		first.write({ ...WRITTEN, polledOn: '2026-11-23' }, false);
		expect(second.isOvertaken()).toBe(true);
	});

	it('leaves the stored memory alone when nothing changed', () => {
		const memory = toStored({ ...WRITTEN, counter: 20 });
		const data: IDataObject = { memory };
		new TriggerMemory(data, TRIGGER, () => {}).write(WRITTEN, false);
		expect(data.memory).toBe(memory);
	});
});
