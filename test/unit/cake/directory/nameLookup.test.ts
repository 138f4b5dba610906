import type { IDataObject } from 'n8n-workflow';

import { NameLookup } from '../../../../nodes/cake/directory/nameLookup';
import { CakeError } from '../../../../nodes/cake/errors';
import type { CakeCall } from '../../../../nodes/cake/transport/call';
import type { CakeClient } from '../../../../nodes/cake/transport/client';
import { lookUpNames } from '../../../../nodes/CakeConversions/items/addNames';
import { query } from '../../../../nodes/CakeConversions/actions/query/query.operation';
import type { Operation, Session } from '../../../../nodes/CakeConversions/actions/operation';

type Reply = (call: CakeCall<unknown>) => unknown;

/** Looks up names with a client that gives these replies. `calls` are the requests. */
function createLookup(reply: Reply) {
	const calls: string[] = [];
	const client = {
		async send(call: CakeCall<unknown>) {
			const parameters = { ...call.parameters };
			delete parameters.row_limit;
			calls.push(`${call.path.replace('/api/2/', '')} ${JSON.stringify(parameters)}`);
			return await reply(call);
		},
	} as unknown as CakeClient;
	const stop = new AbortController();
	const work = { client, retries: 0, remainingMs: () => 60_000, stop: stop.signal };
	return { lookup: new NameLookup(work), calls, stop };
}

const one = (id: number) => ({ entries: [{ id, name: `Name ${id}` }], rows: 1 });
const byId: Reply = ({ parameters }) => one(Number(parameters.offer_id));
const toRows = (ids: unknown[]): IDataObject[] => ids.map((id) => ({ offer_id: id as number }));

describe('NameLookup', () => {
	it('asks for each of ten IDs once, and adds their names to rows', async () => {
		const { lookup, calls } = createLookup(byId);
		const rows = toRows([1, 2, 2, '3', 1, undefined, null, 'x', 0]);
		lookup.want(rows);
		lookup.want(rows);
		await lookup.settle();
		expect(calls).toEqual([1, 2, 3].map((id) => `offers.json {"offer_id":${id}}`));
		expect(rows.map((row) => lookup.addTo(row).offer_name)).toEqual(
			[1, 2, 2, 3, 1].map((id) => `Name ${id}`).concat(Array(4)),
		);
		expect(lookup.addTo({ offer_id: 1, offer_name: 'Own' }).offer_name).toBe('Own');
		expect(rows.every((row) => !('offer_name' in row))).toBe(true);
	});

	it('reads the whole list once for more than ten IDs, however they come', async () => {
		const ids = Array.from({ length: 30 }, (_, index) => index + 1);
		const entries = ids.map((id) => ({ id, name: `Name ${id}` }));
		const { lookup, calls } = createLookup(({ parameters }) => {
			if (parameters.offer_id !== undefined) return one(Number(parameters.offer_id));
			return { entries, rows: 30 };
		});
		for (const id of ids) lookup.want(toRows([id]));
		await lookup.settle();
		const lists = calls.filter((call) => !call.includes('offer_id'));
		expect(lists).toEqual(['offers.json {}', 'offers.json {"start_at_row":30}']);
		expect(calls).toHaveLength(12);
		expect(lookup.addTo({ offer_id: 30 }).offer_name).toBe('Name 30');
		expect(lookup.listFailures().size).toBe(0);
	});

	it('asks no more of a list after the first failure, and of the other lists goes on', async () => {
		const { lookup, calls } = createLookup((call) => {
			if (call.path.includes('offers')) throw new CakeError('refused', { detail: 'No right.' });
			return one(5);
		});
		lookup.want([...toRows([1, 2, 3, 4, 5, 6, 7, 8]), { affiliate_id: 5 }]);
		await lookup.settle();
		expect([...lookup.listFailures()]).toEqual([['offer', 'No right.']]);
		expect(calls.filter((call) => call.includes('offers')).length).toBeLessThanOrEqual(4);
		expect(lookup.addTo({ affiliate_id: 5 }).affiliate_name).toBe('Name 5');
	});

	it('reports no failure while no name is missing', async () => {
		const entries = Array.from({ length: 25 }, (_, index) => ({ id: index + 1, name: 'N' }));
		const { lookup } = createLookup(({ parameters }) => {
			if (parameters.start_at_row !== undefined) throw new CakeError('unavailable');
			return { entries, rows: 25 };
		});
		lookup.want(toRows(Array.from({ length: 20 }, (_, index) => index + 1)));
		await lookup.settle();
		expect(lookup.listFailures().size).toBe(0);
		lookup.want(toRows([26]));
		await lookup.settle();
		expect([...lookup.listFailures().keys()]).toEqual(['offer']);
	});

	it('sends nothing once the run has stopped', async () => {
		const { lookup, calls, stop } = createLookup(byId);
		stop.abort();
		lookup.want(toRows([1, 2]));
		await lookup.settle();
		expect(calls).toEqual([]);
		expect([...lookup.listFailures().values()]).toEqual(['There was no time left to ask.']);
	});

	it('never rejects, even for a mistake of its own', async () => {
		const { lookup } = createLookup(() => {
			throw new TypeError('odd');
		});
		lookup.want(toRows([1]));
		await expect(lookup.settle()).resolves.toBeUndefined();
		expect([...lookup.listFailures().values()]).toEqual(['odd']);
	});
});

describe('lookUpNames', () => {
	it('gives a result to the work before any name has come', async () => {
		const { lookup, calls } = createLookup(() => new Promise(() => {}));
		const work: Operation<number, IDataObject[]> = {
			...(query as unknown as Operation<number, IDataObject[]>),
			perform: async (id) => toRows([id]),
			toRows: (result) => result,
		};
		const watched = lookUpNames(work, lookup);
		for (const id of [1, 2, 3]) {
			expect(await watched.perform(id, {} as Session)).toEqual(toRows([id]));
		}
		expect(calls).toHaveLength(3);
	});
});
