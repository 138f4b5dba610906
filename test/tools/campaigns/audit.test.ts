import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { DEMO, type Sandbox, startSandbox } from '../../../sandbox/server.mts';
import { Audit } from '../../campaigns/support/audit.mts';
import { GroundTruth, type Sale } from '../../campaigns/support/ground-truth.mts';
import { DETAILS } from '../../support/cake.mts';
import { SandboxClient } from '../../support/sandbox-client.mts';

const [{ clickId, offerId }] = DEMO.clicks;
const SALES: Sale[] = [0, 1].map((index) => ({
	tag: `item-${index}`,
	click: clickId,
	offer: offerId,
	order: 'ORD-77',
}));

let sandbox: Sandbox;
let client: SandboxClient;
let truth: GroundTruth;

beforeEach(async () => {
	sandbox = await startSandbox();
	client = new SandboxClient(sandbox);
	truth = new GroundTruth(sandbox);
});
afterEach(async () => await sandbox.close());

/** Stores the sale of an item. Gives its conversion ID. */
async function store(index: number): Promise<number> {
	const { tag, order } = SALES[index];
	const sale = { click_id: clickId, offer_id: offerId, order_id: `${order}`, adv5: tag };
	await client.record(sale).catch(() => undefined);
	return sandbox.log.at(-1)?.conversionId ?? 0;
}

const output = (item: number, json: IDataObject): INodeExecutionData => ({
	json,
	pairedItem: { item },
});
const success = (item: number, conversion_id?: number) =>
	output(item, conversion_id === undefined ? {} : { conversion_id });
const failure = (item: number, kind: string, conversion_ids?: number[]) =>
	output(item, { error: 'It failed', [DETAILS]: { kind, conversion_ids } });

/** The violations of a run, with their counts. */
function audit(items: INodeExecutionData[], errorItems: INodeExecutionData[] = []) {
	const violations = new Audit(truth, { items, errorItems }).check(SALES);
	return Object.fromEntries(Object.entries(violations).map(([name, { count }]) => [name, count]));
}

describe('Audit', () => {
	it('finds nothing wrong when the outputs tell the truth', async () => {
		const id = await store(0);
		expect(audit([success(0, id)], [failure(1, 'refused')])).toEqual({});
		expect(audit([success(0)], [failure(1, 'unknownOutcome')])).toEqual({});
		expect(audit([], [failure(0, 'unknownOutcome', [id]), failure(1, 'refused')])).toEqual({});
	});

	it('finds a sale that is stored twice', async () => {
		const id = await store(0);
		await store(0);
		expect(audit([success(0, id)], [failure(1, 'refused')])).toEqual({
			'a sale is stored twice': 1,
		});
	});

	it('finds items that do not come out, or come out twice', () => {
		const twice = [failure(0, 'refused'), failure(0, 'refused')];
		expect(audit([], twice)).toEqual({
			'an item comes out more than once': 1,
			'an item does not come out': 1,
		});
	});

	it("finds another item's conversion, and a success without a sale", async () => {
		const ids = [await store(0), await store(1)];
		expect(audit([success(0, ids[1]), success(1, ids[0])])).toEqual({
			"an item shows another item's conversion": 2,
		});
		const nothing = { tag: 'item-2', click: clickId, offer: offerId };
		const [violation] = Object.keys(
			new Audit(truth, { items: [success(0)], errorItems: [] }).check([nothing]),
		);
		expect(violation).toBe('a sale that is not stored is a success');
	});

	it('finds a stored sale that is said not to be stored', async () => {
		const id = await store(0);
		expect(audit([], [failure(0, 'refused', [id]), failure(1, 'refused')])).toEqual({
			'a stored sale is said not to be stored': 1,
		});
	});

	it('finds an ID that a reply named and the item does not', async () => {
		sandbox.applyQuirk('dataEnvelope');
		await store(0);
		sandbox.failNext('resetAfter');
		await store(1);
		expect(audit([], [failure(0, 'unknownOutcome'), failure(1, 'unknownOutcome')])).toEqual({
			'an ID that a reply named is kept back': 1,
		});
	});

	it('finds an ID that a list named and the item does not', async () => {
		sandbox.failNext('resetAfter', { times: 2, endpoint: 'record' });
		sandbox.applyQuirk('emptyText');
		await store(0);
		await client.query({ offer_id: offerId });
		await store(1);
		const outputs = [failure(0, 'unknownOutcome'), failure(1, 'unknownOutcome')];
		expect(audit([], outputs)).toEqual({});
		await client.query({ offer_id: offerId + 1 });
		expect(audit([], outputs)).toEqual({});
		await client.query({ offer_id: offerId });
		expect(audit([], outputs)).toEqual({ 'an ID that the list named is kept back': 1 });
	});
});
