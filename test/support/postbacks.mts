import type { WebhookOptions } from '../../harness/engine/webhook-workflow.mts';
import { WebhookServer } from '../../harness/engine/webhooks.mts';

export const SECRET = 'a-secret_of-20.chars';

/** The values of a call, as CAKE fills them in. Undefined: the name is left out. */
export type Values = Record<string, string | undefined>;

export const SALE: Values = {
	conversion_id: '4456789',
	payout: '5.00',
	converted_at: '1704119520',
	affiliate_id: '67890',
	offer_id: '12001',
	campaign_id: '881',
	creative_id: '3',
	transaction_id: 'T-1',
	s1: 'shoes',
	s2: 'click-2',
	end: '1',
};

/** What the workflow gets of `SALE`. */
export const SALE_ITEM = {
	conversion_id: 4456789,
	offer_id: 12001,
	affiliate_id: 67890,
	campaign_id: 881,
	creative_id: 3,
	payout: 5,
	payout_text: '5.00',
	converted_at: '2024-01-01T14:32:00Z',
	transaction_id: 'T-1',
	s1: 'shoes',
	s2: 'click-2',
	complete: true,
};

/** Values as a form or a query, encoded, with a key in front. @param key null for none */
export function encode(values: Values, key: string | null = SECRET): string {
	return Object.entries({ key: key ?? undefined, ...values })
		.filter(([, value]) => value !== undefined)
		.map(([name, value = '']) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
		.join('&');
}

/** The query of a sale. @param changes other values than those of `SALE` */
export function toQuery(changes: Values = {}, key?: string | null): string {
	return `?${encode({ ...SALE, ...changes }, key)}`;
}

/** Publishes the trigger for the tests of a file or `describe`, and closes it after them. */
export function usePostbacks(): (options?: WebhookOptions) => Promise<WebhookServer> {
	const servers: WebhookServer[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.close()));
	});
	return async (options = {}) => {
		// In the caller's own object: a test may change it after the workflow is published.
		options.credential ??= { secret: SECRET };
		const server = new WebhookServer(options);
		servers.push(server);
		return await server.publish();
	};
}
