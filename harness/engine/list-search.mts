import type {
	ILoadOptionsFunctions,
	INode,
	INodeListSearchResult,
	INodeParameters,
	INodeProperties,
	INodePropertyMode,
} from 'n8n-workflow';
import { buildAdditionalData } from './additional-data.mts';
import { CredentialsHelper } from './credentials.mts';
import { core, packageDirectory, startExpressionEngine, workflowPackage } from './n8n.mts';
import { loadPackage, NodeTypes } from './nodes.mts';

export interface ListSearch {
	/** The node's full type. */
	type: string;
	/** Path of the resource locator, such as 'filters.offerId'. */
	path: string;
	parameters?: INodeParameters;
	credential: { baseUrl: string; apiKey: string; readOnly?: boolean };
	/** What the user typed into the search field. */
	filter?: string;
}

const CREDENTIAL_ID = 'credential';

/**
 * Fills the list of a resource locator as n8n does when a user opens it: the method that the field
 * names runs on n8n-core's LoadOptionsContext (services/dynamic-node-parameters.service.js of n8n 2.41).
 */
export async function searchList(search: ListSearch): Promise<INodeListSearchResult> {
	const loaded = await loadPackage(packageDirectory);
	await startExpressionEngine();
	const types = new NodeTypes(loaded);
	const { description, methods } = types.getByNameAndVersion(search.type);
	const { typeOptions } = findListMode(description.properties, search.path);
	const searchListMethod = typeOptions?.searchListMethod ?? '';
	const method = methods?.listSearch?.[searchListMethod];
	if (!method) throw new Error(`${search.type} has no method ${searchListMethod}`);
	const node: INode = {
		id: 'node',
		name: 'CAKE',
		type: search.type,
		typeVersion: 1,
		position: [0, 0],
		parameters: search.parameters ?? {},
		credentials: { cakeApi: { id: CREDENTIAL_ID, name: 'CAKE account' } },
	};
	const workflow = new workflowPackage.Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: types,
	});
	const store = { [CREDENTIAL_ID]: { type: 'cakeApi', data: search.credential } };
	const additionalData = buildAdditionalData({
		credentialsHelper: new CredentialsHelper(loaded, store),
		executionId: '',
		workflowId: '',
		workflowSettings: {},
		uiMessages: [],
	});
	additionalData.currentNodeParameters = node.parameters;
	// An object, because getWorkflow().name does not fit the interface: it may be undefined.
	const context: object = new core.LoadOptionsContext(workflow, node, additionalData, search.path);
	await workflow.expression.acquireIsolate?.();
	try {
		return await method.call(context as ILoadOptionsFunctions, search.filter);
	} finally {
		await workflow.expression.releaseIsolate?.();
	}
}

/** The mode 'From List' of a field that the node has, at the top or in a collection. */
function findListMode(properties: INodeProperties[], path: string): INodePropertyMode {
	const [name, ...rest] = path.split('.');
	for (const property of properties.filter((one) => one.name === name)) {
		if (rest.length > 0) {
			return findListMode(property.options as INodeProperties[], rest.join('.'));
		}
		const mode = property.modes?.find(({ type }) => type === 'list');
		if (mode) return mode;
	}
	throw new Error(`No list at ${path}`);
}
