import { SANDBOX_CREDENTIAL } from '../../harness/server/credentials.mts';
import type { Workflow, WorkflowNode } from '../../harness/server/workflows.mts';
import type { BenchSandbox } from './sandbox.mts';

/** A node of a job, before it has a position in a workflow. */
export type Step = Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'> &
	Partial<WorkflowNode> & {
		/** Names of the nodes that it gets its inputs from, in order. By default the step before. */
		after?: string[];
	};

const { id, name, type } = SANDBOX_CREDENTIAL;
const credentials = { [type]: { id, name } };

/** A call to this webhook runs a workflow. The reply comes after the last node. */
export function webhook(path: string): Step {
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: path,
		parameters: {
			httpMethod: 'POST',
			path,
			responseMode: 'lastNode',
			responseData: 'firstEntryJson',
			options: {},
		},
	};
}

export function cake(parameters: Record<string, unknown>): Step {
	return {
		name: 'CAKE',
		type: 'n8n-nodes-cake.cakeConversions',
		typeVersion: 1,
		credentials,
		parameters,
	};
}

/** `credential` puts the key where CAKE expects it. */
const AUTHENTICATION = {
	credential: { authentication: 'predefinedCredentialType', nodeCredentialType: type },
	none: { authentication: 'none' },
};

interface HttpRequestOptions {
	/** Another name than the node's own. */
	name?: string;
	url: string;
	/** Values are texts or expressions. */
	query?: Record<string, string>;
	/** With a body, the request is a POST of JSON. */
	body?: Record<string, string>;
	options?: Record<string, unknown>;
	authentication?: keyof typeof AUTHENTICATION;
}

export function httpRequest(given: HttpRequestOptions): Step {
	const { url, query = {}, body, options = {}, authentication = 'credential' } = given;
	const toParameters = (values: Record<string, string>) => ({
		parameters: Object.entries(values).map(([key, value]) => ({ name: key, value })),
	});
	return {
		name: given.name ?? 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		...(authentication === 'credential' && { credentials }),
		parameters: {
			url,
			...AUTHENTICATION[authentication],
			...(body
				? { method: 'POST', sendBody: true, bodyParameters: toParameters(body) }
				: { sendQuery: true, queryParameters: toParameters(query) }),
			options,
		},
	};
}

/** CAKE's maximum for a page. */
const PAGE_SIZE = 500;

/** Reads the list as a careful user sets it up: the largest pages, and only as many as CAKE's total requires. */
export function httpQuery({ url, range }: BenchSandbox): Step {
	const startAtRow = {
		type: 'qs',
		name: 'start_at_row',
		value: `={{ $pageCount * ${PAGE_SIZE} + 1 }}`,
	};
	return httpRequest({
		url: `${url}/api/2/conversions.json`,
		query: {
			start_date: range.startDate,
			end_date: range.endDate,
			row_limit: String(PAGE_SIZE),
		},
		options: {
			pagination: {
				pagination: {
					paginationMode: 'updateAParameterInEachRequest',
					parameters: { parameters: [startAtRow] },
					paginationCompleteWhen: 'other',
					completeExpression: `={{ $pageCount * ${PAGE_SIZE} >= $response.body.total_rows }}`,
				},
			},
		},
	});
}

/** Split Out makes an item of each row of a list. */
export function splitOut(field: string): Step {
	return {
		name: 'Split Out',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: field, options: {} },
	};
}

/** Merge joins the items of two nodes that have the same value in a field. */
export function mergeBy(field: string, after: [string, string]): Step {
	return {
		name: 'Merge',
		type: 'n8n-nodes-base.merge',
		typeVersion: 3,
		parameters: { mode: 'combine', fieldsToMatchString: field, options: {} },
		after,
	};
}

/** Remove Duplicates lets only items pass whose value no earlier execution had. */
export function removeDuplicates(value: string, historySize: number): Step {
	return {
		name: 'Remove Duplicates',
		type: 'n8n-nodes-base.removeDuplicates',
		typeVersion: 2,
		parameters: {
			operation: 'removeItemsSeenInPreviousExecutions',
			logic: 'removeItemsWithAlreadySeenKeyValues',
			dedupeValue: value,
			options: { historySize },
		},
		alwaysOutputData: true,
	};
}

const SETTINGS: Record<'items' | 'bareLoop' | 'poll' | 'result', Partial<Step>> = {
	items: {},
	bareLoop: { credentials },
	poll: { credentials, alwaysOutputData: true },
	result: {},
};

/** A node of this bench (nodes/). n8n calls nodes outside a package CUSTOM. */
export function own(node: keyof typeof SETTINGS, parameters: Record<string, unknown> = {}): Step {
	return { name: node, type: `CUSTOM.${node}`, typeVersion: 1, parameters, ...SETTINGS[node] };
}

/** Connects steps. For every side, n8n saves no execution data. */
export function buildWorkflow(title: string, steps: Step[]): Workflow {
	const nodes = steps.map(({ after: _, ...step }, index): WorkflowNode => ({
		position: [index * 220, 0],
		...step,
	}));
	return {
		name: title,
		nodes,
		connections: buildConnections(steps),
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveExecutionProgress: false,
		},
	};
}

function buildConnections(steps: Step[]): Workflow['connections'] {
	const connections: Record<
		string,
		{ main: [Array<{ node: string; type: string; index: number }>] }
	> = {};
	steps.slice(1).forEach((step, position) => {
		(step.after ?? [steps[position].name]).forEach((source, index) => {
			connections[source] ??= { main: [[]] };
			connections[source].main[0].push({ node: step.name, type: 'main', index });
		});
	});
	return connections;
}
