import { noteAnnounced, wasOvertaken } from '../../nodes/CakeConversionsTrigger/overlap';

const MINUTE_MS = 60_000;

/** What came of a poll that began with this counter, so long before now. */
const wasDropped = (began: number | undefined, agoMs: number, scope = 'scope') =>
	wasOvertaken('workflow node', scope, began, Date.now() - agoMs);

describe('a poll beside one that announced something', () => {
	beforeEach(() => noteAnnounced('workflow node', 'scope', 7));
	afterEach(() => jest.restoreAllMocks());

	it('is dropped when its memory is from before, and kept when it is not', () => {
		expect([6, 7, 8].map((began) => wasDropped(began, 0))).toEqual([true, false, false]);
	});

	it('is kept when it watches something else, or has no memory, or is of another workflow', () => {
		expect(wasDropped(6, 0, 'other')).toBe(false);
		expect(wasDropped(undefined, 0)).toBe(false);
		expect(wasOvertaken('other node', 'scope', 6, Date.now())).toBe(false);
	});

	it('is dropped however long it takes, and one that begins much later is kept', () => {
		const now = Date.now();
		jest.spyOn(Date, 'now').mockReturnValue(now + MINUTE_MS);
		expect(wasDropped(6, MINUTE_MS + 1)).toBe(true);
		expect(wasDropped(6, MINUTE_MS / 2)).toBe(false);
	});
});
