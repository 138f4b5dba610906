import * as fc from 'fast-check';
import {
	type Account,
	type Conversion,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '../../../sandbox/server.mts';
import { AccountFolder } from '../../support/account-file.mts';
import { chooseCount } from '../../support/scale.mts';
import { SandboxClient } from '../../support/sandbox-client.mts';

const NOW = Date.parse('2024-03-10T12:00:00Z');
const DAYS = 20;
const ROWS = 25;
const STATUS = fc.constantFrom('approved' as const, 'pending' as const, 'rejected' as const);
/** Any UTF-16, half emojis included. */
const TEXT = fc.string({ unit: 'binary', maxLength: 12 });
/** JSON has no -0. */
const AMOUNT = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((amount) => amount + 0);

/** Changes an account by its own methods. `nth` picks one of its conversions. */
type Change = (account: Account) => unknown;

function pick({ conversions }: Account, nth: number): number {
	return [...conversions.keys()][nth % Math.max(1, conversions.size)] ?? 0;
}

const CONVERSION = fc.record(
	{
		payout: AMOUNT,
		revenue: AMOUNT,
		orderId: TEXT,
		adv: fc.dictionary(fc.constantFrom('adv1', 'adv2'), TEXT),
		notes: fc.array(TEXT, { maxLength: 2 }),
		shown: fc.record({ clickId: TEXT, orderId: fc.nat() }, { requiredKeys: [] }),
		at: fc.integer({ min: NOW - DAYS * 86_400_000, max: NOW }),
		status: STATUS,
	},
	{ requiredKeys: [] },
);

const CHANGE: fc.Arbitrary<Change> = fc.oneof(
	{
		weight: 3,
		arbitrary: CONVERSION.map(
			(given): Change =>
				(account) =>
					account.addConversion(given),
		),
	},
	fc.tuple(fc.nat(), STATUS, TEXT).map(
		([nth, status, note]): Change =>
			(account) =>
				account.setStatus(pick(account, nth), status, note),
	),
	fc.nat().map(
		(nth): Change =>
			(account) =>
				account.removeConversion(pick(account, nth)),
	),
	fc.record({ name: TEXT, payout: AMOUNT, active: fc.boolean() }, { requiredKeys: [] }).map(
		(offer): Change =>
			(account) =>
				account.addOffer(offer),
	),
	fc.boolean().map(
		(active): Change =>
			(account) =>
				account.addClick({ active }),
	),
);

/** Both sandboxes have one address: a connection to the first must not be used for the second. */
const ONCE = { headers: { connection: 'close' } };

/** The account of a sandbox as its clients see it: the exact texts of many replies. */
async function readAll(sandbox: Sandbox): Promise<string[]> {
	const client = new SandboxClient(sandbox);
	const day = { start_date: '2024-03-05', end_date: '2024-03-05' };
	const { conversions } = sandbox.account;
	const [{ offerId = 1, affiliateId = 1, advertiserId = 1 } = {}] = conversions.values();
	const queries = [
		{ row_limit: 500 },
		{ start_at_row: 4, row_limit: 7 },
		day,
		...['approved', 'pending', 'rejected'].map((status) => ({ conversion_status: status })),
		{ offer_id: offerId },
		{ affiliate_id: affiliateId },
		{ advertiser_id: advertiserId },
	];
	sandbox.applyQuirk('nestedObjects', { times: 1 });
	const replies = [];
	for (const query of [{ row_limit: 500 }, ...queries])
		replies.push((await client.query(query, ONCE)).text);
	return replies;
}

/** What no query shows. The demo clicks have other dates after a start. */
function readHidden({ account }: Sandbox) {
	const { offers, affiliates, advertisers, conversions, clicks } = account;
	const byUniqueId = (row: Conversion) => row.uniqueId && account.withUniqueId(row.uniqueId);
	return {
		offers: [...offers],
		affiliates: [...affiliates],
		advertisers: [...advertisers],
		conversions: [...conversions],
		clicks: [...clicks.keys()],
		byUniqueId: [...conversions.values()].map(byUniqueId),
	};
}

describe('a sandbox that is started again with its file', () => {
	const folder = new AccountFolder();
	afterAll(() => folder.remove());

	it('answers every query as before, whatever was changed', async () => {
		let runs = 0;
		const cases = fc.record({
			changes: fc.array(CHANGE, { maxLength: 12 }),
			timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati'),
			order: fc.constantFrom('newest' as const, 'oldest' as const, 'shuffled' as const),
			rows: fc.constantFrom(0, ROWS),
		});
		await fc.assert(
			fc.asyncProperty(cases, async ({ changes, timeZone, order, rows }) => {
				// Another program may take the port meanwhile. Any other problem shows in the account.
				const report = () => {};
				const file = folder.path(`${++runs}.json`);
				const options: SandboxOptions = { file, order, now: () => new Date(NOW), report };
				const first = await startSandbox({ ...options, timeZone, rows, days: DAYS });
				for (const change of changes) change(first.account);
				const before = [await readAll(first), readHidden(first)];
				await first.close();
				const second = await startSandbox(options);
				const after = [await readAll(second), readHidden(second)];
				const highest = Math.max(0, ...first.account.conversions.keys());
				const { conversionId } = second.account.addConversion();
				await second.close();
				expect(after).toEqual(before);
				expect(second.account.events).toHaveLength(1);
				expect(conversionId).toBeGreaterThan(highest);
			}),
			{ numRuns: chooseCount(8, 25) },
		);
	});
});
