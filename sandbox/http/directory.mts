import type { Account } from '../account/account.mts';
import {
	type Answer,
	formatMoney,
	formatObject,
	formatSuccess,
	type Members,
	refuse,
	SPECIFIED,
} from '../protocol/answer.mts';
import type { DirectoryEndpoint, Settings } from '../protocol/options.mts';
import type { Values } from '../protocol/strict.mts';
import type { Handler } from './endpoints.mts';

/** The articles' default of `row_limit`. */
const DEFAULT_ROW_LIMIT = 25;

interface Named {
	id: number;
	name: string;
	/** Members besides ID, name and status, as JSON texts. */
	more?: Members;
	status: string;
}

const toNamed = (names: ReadonlyMap<number, string>): Named[] =>
	[...names].map(([id, name]) => ({ id, name, status: 'active' }));

/** One list: what is in one row, where the rows come from, and the name of the total. */
const LISTS: Record<
	DirectoryEndpoint,
	{ noun: string; totalName: string; read: (account: Account) => Named[] }
> = {
	offers: {
		noun: 'offer',
		totalName: 'total_rows',
		read: ({ offers }) =>
			[...offers.values()].map(({ offerId: id, name, active, advertiserId, payout, revenue }) => ({
				id,
				name,
				status: active ? 'active' : 'inactive',
				more: {
					advertiser_id: String(advertiserId),
					payout: formatMoney(payout),
					revenue: formatMoney(revenue),
				},
			})),
	},
	affiliates: {
		noun: 'affiliate',
		totalName: 'total_rows',
		read: ({ affiliates }) => toNamed(affiliates),
	},
	advertisers: {
		noun: 'advertiser',
		totalName: 'total_records',
		read: ({ advertisers }) => toNamed(advertisers),
	},
};

/** Lists names in the order of IDs. After the last row, the list is empty. */
function list(
	endpoint: DirectoryEndpoint,
	account: Account,
	values: Values,
	{ directory, errorStatus }: Settings,
): Answer {
	if (directory.access === 'refused') {
		return refuse('You do not have permission to use this resource', errorStatus);
	}
	const { noun, totalName, read } = LISTS[endpoint];
	const id = values[`${noun}_id`];
	const part = String(values[`${noun}_name`] ?? '').toLowerCase();
	const rows = read(account)
		.filter((row) => id === undefined || row.id === Number(id))
		.filter(({ name }) => name.toLowerCase().includes(part))
		.sort((one, other) => one.id - other.id);
	const { firstRow, maxRowsPerPage, envelope, wrapped } = directory;
	const start = Math.max(0, Number(values.start_at_row ?? firstRow) - firstRow);
	const size = Math.min(Number(values.row_limit ?? DEFAULT_ROW_LIMIT), maxRowsPerPage);
	const page = rows.slice(start, start + size).map(({ id: rowId, name, status, more }) => {
		const row = formatObject({
			[`${noun}_id`]: String(rowId),
			[`${noun}_name`]: JSON.stringify(name),
			[`${noun}_status`]: JSON.stringify(status),
			...more,
		});
		return wrapped.includes(endpoint) ? formatObject({ [noun]: row }) : row;
	});
	const members = { [endpoint]: `[${page.join()}]`, [totalName]: String(rows.length) };
	const json = formatSuccess(members, { ...SPECIFIED, envelope });
	return { status: 200, json, result: 'named' };
}

const handle =
	(endpoint: DirectoryEndpoint): Handler =>
	(account, values, settings) =>
		list(endpoint, account, values, settings);

export const DIRECTORY_HANDLERS: Record<DirectoryEndpoint, Handler> = {
	offers: handle('offers'),
	affiliates: handle('affiliates'),
	advertisers: handle('advertisers'),
};
