import type {
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	NodeExecutionHint,
	OnError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import {
	connect,
	runWorkflow,
	type ExecutionRecord,
	type NodeOutput,
	type RunControl,
} from './workflow.mts';

export { serialize } from './n8n.mts';
export * from './workflow.mts';

export interface RunOptions {
	/** Parameters of the node under test. */
	parameters: INodeParameters;
	/** Its full type, 'n8n-nodes-cake.cakeConversions' by default. */
	type?: string;
	typeVersion?: number;
	/** The input items, one empty item by default. */
	items?: IDataObject[];
	/** Data of the node's credential. Without it the node has no credential. */
	credential?: { baseUrl: string; apiKey: string; readOnly?: boolean };
	/** Name of the credential type, cakeApi by default. */
	credentialType?: string;
	onError?: OnError;
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	executeOnce?: boolean;
	alwaysOutputData?: boolean;
	/** The workflow's timezone, UTC by default. */
	timezone?: string;
	mode?: WorkflowExecuteMode;
	/** Called once the execution runs. */
	onStart?: (control: RunControl) => void;
	/** Where the built package is. Only tests of the harness itself set this. */
	packageDirectory?: string;
}

export interface NodeRun extends ExecutionRecord {
	/** The node's first output. */
	items: INodeExecutionData[];
	/** Its error output ('continueErrorOutput'). */
	errorItems: INodeExecutionData[];
	hints: NodeExecutionHint[];
	/** The error n8n recorded for the node, even if the workflow went on. */
	nodeError?: NodeOutput['error'];
	/** How many items reached the node behind each output. */
	passedOn: { items: number; errorItems: number };
}

/** The name of the node under test in the workflow that `runNode` builds. */
export const NODE_NAME = 'CAKE';

const CREDENTIAL_ID = 'credential';

/**
 * Runs one node in a workflow and returns what n8n recorded. A start node gives it its items, and a
 * No Operation node is behind each of its two outputs.
 */
export async function runNode(options: RunOptions): Promise<NodeRun> {
	const type = options.type ?? 'n8n-nodes-cake.cakeConversions';
	const credentialType = options.credentialType ?? 'cakeApi';
	const { credential } = options;
	const workflowRun = await runWorkflow({
		nodes: [
			{ name: 'Start', type: 'test.start' },
			{
				name: NODE_NAME,
				type,
				parameters: options.parameters,
				...nodeSettings(options),
				...(credential && {
					credentials: { [credentialType]: { id: CREDENTIAL_ID, name: 'CAKE account' } },
				}),
			},
			{ name: 'Done', type: 'test.noOp' },
			{ name: 'Failed', type: 'test.noOp' },
		],
		connections: connect(
			['Start', NODE_NAME],
			[NODE_NAME, 'Done'],
			...(options.onError === 'continueErrorOutput'
				? [[NODE_NAME, 'Failed', 1] as [string, string, number]]
				: []),
		),
		items: options.items,
		credentials: credential && { [CREDENTIAL_ID]: { type: credentialType, data: credential } },
		timezone: options.timezone,
		mode: options.mode,
		onStart: options.onStart,
		packageDirectory: options.packageDirectory,
	});
	const { items, errorItems, hints, error: nodeError } = workflowRun.node(NODE_NAME);
	const passedOn = {
		items: workflowRun.node('Done').items.length,
		errorItems: workflowRun.node('Failed').items.length,
	};
	return Object.defineProperties(
		{ items, errorItems, hints, nodeError, passedOn },
		Object.getOwnPropertyDescriptors(workflowRun),
	) as NodeRun;
}

function nodeSettings(options: RunOptions) {
	const names = [
		'typeVersion',
		'onError',
		'retryOnFail',
		'maxTries',
		'waitBetweenTries',
		'executeOnce',
		'alwaysOutputData',
	] as const;
	return Object.fromEntries(
		names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
	);
}
