import type { LogEntry, Sandbox } from '../../../sandbox/server.mts';

/** The parameter that carries an item's tag: no reply shows it, and no quirk changes it. */
export const TAG = 'adv5';

/** An item of a campaign's input. */
export interface Sale {
	tag: string;
	click: string;
	offer: number;
	unique?: string;
	order?: string | undefined;
	payout?: string | undefined;
	revenue?: string | undefined;
	date?: string | undefined;
}

/** A conversion as a reply shows it. */
interface Row {
	conversion_id: number;
	click_id?: unknown;
	order_id?: unknown;
}

interface ListedRow {
	row: Row;
	request: LogEntry;
}

/**
 * What really happened, from the sandbox's log and replies: which item's requests stored which
 * conversions, and which conversions replies and lists named. An item sends its tag as `adv5`.
 * Ask it when the run is over.
 */
export class GroundTruth {
	private readonly requests = new Map<string, LogEntry[]>();
	private readonly namedByReplies = new Map<string, number[]>();
	private readonly listed = new Map<number, ListedRow[]>();
	private hasReadLog = false;

	constructor(private readonly sandbox: Sandbox) {
		sandbox.onReply((entry, body) => this.read(entry, body));
	}

	/** An item's requests, in order. */
	getRequests(tag: string): LogEntry[] {
		if (!this.hasReadLog) {
			for (const entry of this.sandbox.log) {
				if (entry.endpoint === 'record') add(this.requests, String(entry.parameters[TAG]), entry);
			}
			this.hasReadLog = true;
		}
		return this.requests.get(tag) ?? [];
	}

	/** The conversions that an item's requests stored. With more than one, the sale is paid twice. */
	getConversions(tag: string): number[] {
		return this.getRequests(tag).flatMap(({ result, conversionId }) =>
			result === 'stored' && conversionId !== undefined ? [conversionId] : [],
		);
	}

	/** Whether a readable reply to an item's request named a conversion. */
	isNamedByReply(tag: string, conversionId: number): boolean {
		return this.namedByReplies.get(tag)?.includes(conversionId) ?? false;
	}

	/**
	 * Whether a list showed a conversion with exactly the item's click and order. Only lists read
	 * after the item's last request count, and only those of its offer or of all offers.
	 */
	isNamedByList({ tag, click, offer, order }: Sale, conversionId: number): boolean {
		if (order === undefined) return false;
		const last = this.getRequests(tag).at(-1)?.seq ?? 0;
		const listed = this.listed.get(conversionId) ?? [];
		return listed.some(
			({ row, request: { seq, parameters } }) =>
				seq > last &&
				row.click_id === click &&
				row.order_id === order &&
				[undefined, `${offer}`].includes(parameters.offer_id as string | undefined),
		);
	}

	private read(request: LogEntry, body: string): void {
		for (const row of findRows(parse(body))) {
			const id = row.conversion_id;
			if (request.endpoint === 'query') add(this.listed, id, { row, request });
			else add(this.namedByReplies, String(request.parameters[TAG]), id);
		}
	}
}

function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
	const list = lists.get(key);
	if (list) list.push(value);
	else lists.set(key, [value]);
}

function parse(body: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return undefined;
	}
}

/** Every object with a conversion ID, at any depth, since replies come in several layouts. */
function findRows(value: unknown): Row[] {
	if (typeof value !== 'object' || value === null) return [];
	if ('conversion_id' in value) return [value as Row];
	return Object.values(value).flatMap(findRows);
}
