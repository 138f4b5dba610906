import { useCake } from '../../support/cake.mts';
import { listIds, Poller, type PollerOptions } from '../../../harness/engine/poller.mts';
import type { Status } from '../../../sandbox/server.mts';

const cake = useCake({ rows: 300 });
const add = (status: Status = 'approved') => cake.account.addConversion({ status }).conversionId;
const set = (id: number, status: Status) => expect(cake.account.setStatus(id, status)).toBe(true);
const pollerFor = (parameters: PollerOptions['parameters'] = {}, isDurable = false) =>
	new Poller({ credential: cake.credential, parameters, isDurable });
const tick = async (poller: Poller) => listIds(await poller.tick());

describe.each([
	['at n8n’s defaults', false],
	['with durable cursors', true],
])('the trigger %s', (_, isDurable) => {
	it('announces no conversion that CAKE has when it is published', async () => {
		const poller = pollerFor({ statuses: ['approved', 'pending', 'rejected'] }, isDurable);
		expect(await poller.activate()).toEqual([]);
		expect(await poller.tick()).toEqual([]);
		expect(await poller.restart()).toEqual([]);
		expect(await poller.tick()).toEqual([]);
		expect(poller.announced).toEqual([]);
	});

	it('announces a conversion once when it enters the watched status, as CAKE sends it', async () => {
		const poller = await pollerFor({}, isDurable).publish();
		const id = add();
		expect(await tick(poller)).toEqual([]);
		set(id, 'rejected');
		const [row] = await poller.tick();
		expect(row).toMatchObject({ conversion_id: id, conversion_status: 'rejected' });
		expect(row.payout).toBe(cake.account.conversions.get(id)?.payout);
		expect(await tick(poller)).toEqual([]);
		await poller.restart();
		expect(await tick(poller)).toEqual([]);
		expect(poller.announced).toHaveLength(1);
	});

	it('announces a conversion that is created in the watched status', async () => {
		const poller = await pollerFor({}, isDurable).publish();
		const id = add('rejected');
		expect(await tick(poller)).toEqual([id]);
	});

	it('announces each entry into one of several watched statuses', async () => {
		const poller = await pollerFor({ statuses: ['rejected', 'pending'] }, isDurable).publish();
		const id = add('pending');
		expect(await tick(poller)).toEqual([id]);
		set(id, 'rejected');
		expect(await tick(poller)).toEqual([id]);
		set(id, 'approved');
		expect(await tick(poller)).toEqual([]);
		expect(poller.announced.map((row) => row.conversion_status)).toEqual(['pending', 'rejected']);
	});

	it('names the watched status that a conversion had in the poll before, null for none', async () => {
		const statuses = ['approved', 'pending', 'rejected'];
		const poller = await pollerFor({ statuses }, isDurable).publish();
		const [born, moved] = [add('pending'), add('approved')];
		await tick(poller);
		set(moved, 'rejected');
		await tick(poller);
		const changes = poller.announced.map((row) => [row.conversion_id, row.previous_status]);
		expect(changes).toEqual([
			[born, null],
			[moved, null],
			[moved, 'approved'],
		]);
	});

	it('names no previous status when the conversion was elsewhere in between', async () => {
		const statuses = ['approved', 'rejected'];
		const poller = await pollerFor({ statuses }, isDurable).publish();
		const id = add('approved');
		await tick(poller);
		set(id, 'pending');
		await tick(poller);
		set(id, 'rejected');
		await tick(poller);
		expect(poller.announced.map((row) => row.previous_status)).toEqual([null, null]);
	});

	it('adds no previous status when it watches one status', async () => {
		const poller = await pollerFor({}, isDurable).publish();
		add('rejected');
		await tick(poller);
		expect(poller.announced[0]).not.toHaveProperty('previous_status');
	});

	it('announces every change between two watched statuses, the present status last', async () => {
		const poller = await pollerFor({ statuses: ['approved', 'rejected'] }, isDurable).publish();
		const id = add('approved');
		expect(await tick(poller)).toEqual([id]);
		for (const status of ['rejected', 'approved', 'rejected'] as const) {
			set(id, status);
			expect(await tick(poller)).toEqual([id]);
			expect(await tick(poller)).toEqual([]);
		}
		expect(poller.announced.at(-1)).toMatchObject({ conversion_status: 'rejected' });
	});

	it('announces no conversion as new twice, however long CAKE did not list it', async () => {
		const poller = await pollerFor({ event: 'new' }, isDurable).publish();
		const id = add();
		expect(await tick(poller)).toEqual([id]);
		const row = cake.account.conversions.get(id);
		cake.account.removeConversion(id);
		for (let round = 0; round < 4; round++) expect(await tick(poller)).toEqual([]);
		if (row) cake.account.addConversion(row);
		expect(await tick(poller)).toEqual([]);
	});

	it('announces changes since its last poll when it is published again', async () => {
		const poller = await pollerFor({}, isDurable).publish();
		expect(await tick(poller)).toEqual([]);
		const id = add('rejected');
		expect(listIds(await poller.activate())).toEqual([id]);
		expect(await tick(poller)).toEqual([]);
	});

	it('announces a conversion again that two complete reads lacked, but not after one', async () => {
		const poller = await pollerFor({}, isDurable).publish();
		const id = add('rejected');
		expect(await tick(poller)).toEqual([id]);
		set(id, 'approved');
		await poller.tick();
		set(id, 'rejected');
		expect(await tick(poller)).toEqual([]);
		set(id, 'approved');
		await poller.tick();
		await poller.tick();
		set(id, 'rejected');
		expect(await tick(poller)).toEqual([id]);
	});

	it('announces new conversions of every status, oldest first', async () => {
		const poller = await pollerFor({ event: 'new' }, isDurable).publish();
		const now = cake.account.now();
		const [a, b, c] = [0, 2, 1].map(
			(hours) => cake.account.addConversion({ at: now - hours * 3_600_000 }).conversionId,
		);
		expect(await tick(poller)).toEqual([b, c, a]);
		set(a, 'rejected');
		expect(await tick(poller)).toEqual([]);
	});

	it('announces after a restart the changes since the last poll', async () => {
		const poller = await pollerFor({}, isDurable).publish();
		const before = add('rejected');
		expect(await tick(poller)).toEqual([before]);
		const meanwhile = add('rejected');
		const found = [...listIds(await poller.restart()), ...(await tick(poller))];
		expect(found).toEqual([meanwhile]);
	});

	it('announces only conversions that pass its filters', async () => {
		const [offer, other] = cake.account.activeOffers();
		const poller = await pollerFor(
			{ filters: { offerId: `${offer.offerId}` } },
			isDurable,
		).publish();
		const { conversionId } = cake.account.addConversion({
			offerId: offer.offerId,
			status: 'rejected',
		});
		cake.account.addConversion({ offerId: other.offerId, status: 'rejected' });
		expect(await tick(poller)).toEqual([conversionId]);
		expect(cake.sent('query').every(({ offer_id }) => offer_id === `${offer.offerId}`)).toBe(true);
	});
});

describe('the memory of the trigger', () => {
	it('remembers nothing of the publishing poll with durable cursors, since n8n does not save it', async () => {
		const poller = pollerFor({}, true);
		await poller.activate();
		expect(poller.memory).toBeUndefined();
		await poller.tick();
		expect(poller.memory).toBeDefined();
	});

	it('leaves its memory unwritten when nothing changed', async () => {
		const poller = await pollerFor({}, true).publish();
		const { memory } = poller;
		await poller.tick();
		expect(poller.memory).toEqual(memory);
		add('rejected');
		await poller.tick();
		expect(poller.memory?.counter).toBe(Number(memory?.counter) + 1);
	});

	it('keeps memory that grows with conversions only, not with polls or status changes', async () => {
		const poller = await pollerFor(
			{ statuses: ['approved', 'pending', 'rejected'] },
			true,
		).publish();
		const size = () => JSON.stringify(poller.memory).length;
		const before = size();
		const id = add();
		for (let round = 0; round < 30; round++) {
			set(id, round % 2 ? 'approved' : 'rejected');
			await poller.tick();
		}
		expect(size() - before).toBeLessThan(40);
		expect(before).toBeLessThan(1200);
	});
});

describe('polls that overlap', () => {
	it('announces a conversion once when three polls overlap', async () => {
		const poller = await pollerFor().publish();
		for (let round = 0; round < 5; round++) {
			const id = add('rejected');
			const found = (await Promise.all([tick(poller), tick(poller), tick(poller)])).flat();
			expect(found).toEqual([id]);
		}
		expect(poller.log.join()).toContain('another poll finished meanwhile, this one is dropped');
		expect(await tick(poller)).toEqual([]);
	});

	it('announces in the next poll a conversion that only a dropped poll saw', async () => {
		const poller = await pollerFor().publish();
		const first = add('rejected');
		let second = 0;
		// One poll reads before the second conversion is added, the other one after.
		cake.sandbox.replyNext('query', ({ proceed }) => {
			const body = proceed();
			second = add('rejected');
			return { body };
		});
		const found = await Promise.all([tick(poller), tick(poller)]);
		const next = await tick(poller);
		expect([...found.flat(), ...next].sort()).toEqual([first, second].sort());
	});

	it('drops a poll under way when the workflow is published again, and loses nothing', async () => {
		const poller = await pollerFor().publish();
		const id = add('rejected');
		const underWay = tick(poller);
		const found = await poller.restart();
		expect([...listIds(found), ...(await underWay)]).toEqual([id]);
		expect(poller.announced).toHaveLength(1);
	});
});

type Row = Record<string, unknown>;
/** Answers the next query with the correct rows, changed by `change`. */
function answer(change: (rows: Row[]) => Row[]) {
	cake.sandbox.replyNext('query', ({ proceed }) => {
		const body = proceed() as { conversions: Row[] };
		return { body: { ...body, conversions: change(body.conversions) } };
	});
}

describe('odd replies of CAKE', () => {
	it('announces only rejected rows when CAKE ignores the status filter', async () => {
		const poller = await pollerFor().publish();
		const approved = add();
		const rejected = add('rejected');
		answer((rows) => [
			{ ...rows[0], conversion_id: approved, conversion_status: 'approved' },
			...rows,
		]);
		expect(await tick(poller)).toEqual([rejected]);
		expect(await tick(poller)).toEqual([]);
		set(approved, 'rejected');
		expect(await tick(poller)).toEqual([approved]);
	});

	it('reads a status in any case and with spaces, and announces no row without one', async () => {
		const poller = await pollerFor().publish();
		const id = add('rejected');
		answer((rows) => rows.map((row) => ({ ...row, conversion_status: ' Rejected ' })));
		expect(await tick(poller)).toEqual([id]);
		add('rejected');
		answer((rows) => rows.map((row) => ({ ...row, conversion_status: undefined })));
		expect(await tick(poller)).toEqual([]);
	});

	it('logs a status that it does not know, and announces the other conversions', async () => {
		const poller = await pollerFor().publish();
		const [declined, rejected] = [add('rejected'), add('rejected')];
		answer((rows) =>
			rows.map((row) =>
				row.conversion_id === declined ? { ...row, conversion_status: 'Declined' } : row,
			),
		);
		expect(await tick(poller)).toEqual([rejected]);
		expect(poller.log.join()).toMatch(
			/warn .*CAKE lists conversions whose status is "Declined"\. The workflow does not start for them/,
		);
	});

	it('renames a field called error to cake_error, so that the execution does not fail', async () => {
		const poller = await pollerFor().publish();
		const id = add('rejected');
		answer((rows) => rows.map((row) => ({ ...row, error: 'late' })));
		const [row] = await poller.tick();
		expect(row).toMatchObject({ conversion_id: id, cake_error: 'late' });
		expect(row).not.toHaveProperty('error');
	});

	it('recognizes conversions whose IDs come as text', async () => {
		const poller = await pollerFor().publish();
		answer((rows) =>
			rows.map((row) => ({ ...row, conversion_id: `${Number(row.conversion_id)}` })),
		);
		expect(await tick(poller)).toEqual([]);
	});

	it('warns and forgets nothing when CAKE reports more conversions than it lists', async () => {
		const poller = await pollerFor().publish();
		const id = add('rejected');
		expect(await tick(poller)).toEqual([id]);
		let isLying = true;
		const lie = { total_rows: 9000 };
		cake.sandbox.replyNext(
			'query',
			({ proceed }) => {
				const body = proceed() as { conversions: Row[] };
				if (!isLying) return { body };
				const conversions = body.conversions.filter((row) => row.conversion_id !== id);
				return { body: { ...body, ...lie, conversions } };
			},
			{ times: Infinity },
		);
		for (let round = 0; round < 3; round++) {
			poller.log.length = 0;
			expect(await tick(poller)).toEqual([]);
			expect(poller.log.join()).toMatch(
				/warn .*CAKE reported 9000 conversions \(rejected\), and \d+/,
			);
		}
		isLying = false;
		expect(await tick(poller)).toEqual([]);
	});
});
