import {
	NodeApiError,
	type ILoadOptionsFunctions,
	type INode,
	type INodeListSearchResult,
	type INodeProperties,
} from 'n8n-workflow';

import type { Directory } from '../cake/directory/endpoints';
import { readDirectory } from '../cake/directory/readDirectory';
import { asError, CakeError } from '../cake/errors';
import { RateLimiter } from '../cake/transport/rateLimiter';
import { Semaphore } from '../cake/transport/semaphore';
import { connect } from './connect';

/** The longest time for one request. All requests of a list have no more than that together. */
const REQUEST_MS = 10_000;

interface Locator {
	name: string;
	/** The list to choose from. */
	directory: Directory;
	/** A number in CAKE. */
	example: string;
	description: string;
}

const LABELS: Record<Directory, string> = {
	offer: 'Offer',
	affiliate: 'Affiliate',
	advertiser: 'Advertiser',
};

const SEARCH_METHODS: Record<Directory, string> = {
	offer: 'searchOffers',
	affiliate: 'searchAffiliates',
	advertiser: 'searchAdvertisers',
};

/**
 * A field that takes a number of CAKE's, or lets the user choose it from a list. It has no `validation`:
 * n8n would refuse the whole workflow for an item that the node itself can refuse alone.
 */
export function createLocator({ name, directory, example, description }: Locator): INodeProperties {
	return {
		displayName: LABELS[directory],
		name,
		type: 'resourceLocator',
		default: { mode: 'id', value: '' },
		description,
		modes: [
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${example}` },
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: SEARCH_METHODS[directory], searchable: true },
			},
		],
	};
}

/** Why CAKE gave no list. The page of an address that does not exist has many words for that. */
function explain(error: unknown): string {
	if (!(error instanceof CakeError)) return asError(error).message;
	const { detail = '', httpStatus } = error.facts;
	return httpStatus === 404 ? 'CAKE has no such list at this address (HTTP 404).' : detail;
}

function createListError(node: INode, directory: Directory, detail: string): NodeApiError {
	const message = `CAKE gave no list of ${directory}s`;
	const description = `Choose By ID and enter the number. ${detail}`.trim();
	return new NodeApiError(node, {}, { message, description });
}

/** Lists what a search finds, for a locator in the editor: `Summer Solar US (12001)`. */
async function searchList(
	context: ILoadOptionsFunctions,
	directory: Directory,
	filter = '',
): Promise<INodeListSearchResult> {
	const client = await connect(context);
	const requests = {
		client,
		semaphore: new Semaphore(1),
		rateLimiter: new RateLimiter(),
		retries: 1,
		remainingMs: () => REQUEST_MS,
	};
	const node = context.getNode();
	const list = await readDirectory(requests, directory, filter.trim()).catch((error: unknown) => {
		throw createListError(node, directory, explain(error));
	});
	// An empty list would say that CAKE has no such name.
	if (list.entries.length === 0 && !list.isComplete) {
		throw createListError(node, directory, 'The list could not be read completely.');
	}
	const results = list.entries.map(({ id, name }) => ({ name: `${name} (${id})`, value: id }));
	return { results: results.sort((one, other) => one.name.localeCompare(other.name, 'en')) };
}

/** The methods of both nodes that fill the lists of their locators. */
export const listSearch = {
	async searchOffers(this: ILoadOptionsFunctions, filter?: string) {
		return await searchList(this, 'offer', filter);
	},
	async searchAffiliates(this: ILoadOptionsFunctions, filter?: string) {
		return await searchList(this, 'affiliate', filter);
	},
	async searchAdvertisers(this: ILoadOptionsFunctions, filter?: string) {
		return await searchList(this, 'advertiser', filter);
	},
};
