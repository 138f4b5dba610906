import type {
	ExecutionError,
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	ITaskData,
	IWorkflowBase,
	IWorkflowSettings,
	NodeExecutionHint,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { buildAdditionalData, type UiMessage } from './additional-data.mts';
import { CredentialsHelper, type CredentialStore } from './credentials.mts';
import {
	core,
	packageDirectory,
	serialize,
	startExpressionEngine,
	withLog,
	workflowPackage,
} from './n8n.mts';
import { loadPackage, newestVersion, NodeTypes, type LoadedPackage } from './nodes.mts';

/** A node of a test workflow. ID, version and position have defaults. */
export type WorkflowNode = Pick<INode, 'name' | 'type'> & Partial<INode>;

/** Lets a test stop a running execution, as n8n's stop button does. */
export interface RunControl {
	cancel(): void;
}

export interface WorkflowOptions {
	/** The first node starts the workflow. The types 'test.start' and 'test.noOp' are available, too. */
	nodes: WorkflowNode[];
	connections: IConnections;
	/** What the first node starts with: a webhook's items, for example. One empty item by default. */
	startItems?: INodeExecutionData[] | undefined;
	/** The output of 'test.start', one empty item by default. */
	items?: IDataObject[] | undefined;
	credentials?: CredentialStore | undefined;
	timezone?: string | undefined;
	mode?: WorkflowExecuteMode | undefined;
	/** Called once the execution runs. */
	onStart?: ((control: RunControl) => void) | undefined;
	/** Where the built package is. Only tests of the harness itself set this. */
	packageDirectory?: string | undefined;
}

/** A node's output, and how n8n recorded it. */
export interface NodeOutput {
	items: INodeExecutionData[];
	errorItems: INodeExecutionData[];
	hints: NodeExecutionHint[];
	/** The error n8n recorded for this node, even if the workflow went on. */
	error?: ExecutionError | undefined;
	task?: ITaskData | undefined;
}

/** The result of an execution. */
export interface ExecutionRecord {
	/** The execution's error as n8n records it. */
	error?: ExecutionError | undefined;
	status: string;
	run: IRun;
	/** The run data as the text that n8n saves. A canceled execution is saved when it is canceled. */
	readonly saved: string;
	/** What n8n's logger wrote at debug level: one line for each call, with its metadata. */
	log: string[];
	/** How often n8n read and decrypted the credential. */
	credentialReads: number;
	/** Messages that nodes sent to the editor (manual mode). */
	uiMessages: UiMessage[];
}

export interface WorkflowRun extends ExecutionRecord {
	/** What a node returned when it last ran; empty when it did not run. */
	node(name: string): NodeOutput;
}

/** Connects nodes: each entry is [from, to] or [from, to, output of from]. */
export function connect(...links: Array<[string, string, number?]>): IConnections {
	const connections: IConnections = {};
	for (const [from, to, output = 0] of links) {
		connections[from] ??= { main: [] };
		const { main } = connections[from];
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
	}
	return connections;
}

interface Execution {
	base: IWorkflowBase;
	workflow: Workflow;
	credentialsHelper: CredentialsHelper;
	uiMessages: UiMessage[];
	/** Set when n8n's hook saves a canceled execution. */
	savedOnCancel?: string;
}

let executions = 0;

/**
 * Runs a workflow on n8n-core's WorkflowExecute, as n8n's server does when a trigger starts it. Nodes
 * (from dist), request helpers and expressions are the real ones.
 */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
	const loaded = await loadPackage(options.packageDirectory ?? packageDirectory);
	await startExpressionEngine();
	const execution = prepare(options, loaded);
	const log: string[] = [];
	const run = await withLog(log, async () => await execute(execution, options));
	const { resultData } = run.data;
	let saved = execution.savedOnCancel;
	return {
		run,
		status: run.status,
		error: resultData.error,
		log,
		credentialReads: execution.credentialsHelper.reads,
		uiMessages: execution.uiMessages,
		get saved() {
			saved ??= serialize(run.data);
			return saved;
		},
		node: (name) => getOutput(resultData.runData[name]?.at(-1)),
	};
}

function prepare(options: WorkflowOptions, loaded: LoadedPackage): Execution {
	const types = new NodeTypes(loaded, options.items ?? [{}]);
	const settings: IWorkflowSettings = {
		executionOrder: 'v1',
		timezone: options.timezone ?? 'UTC',
	};
	const nodes = options.nodes.map((node, index): INode => {
		return {
			id: `node-${index}`,
			typeVersion: newestVersion(types, node.type),
			position: [index * 200, 0],
			parameters: {},
			...node,
		};
	});
	const common = { id: 'workflow', name: 'Workflow', nodes, connections: options.connections };
	const now = new Date();
	const base: IWorkflowBase = {
		...common,
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt: now,
		updatedAt: now,
		settings,
	};
	return {
		base,
		workflow: new workflowPackage.Workflow({
			...common,
			active: false,
			nodeTypes: types,
			settings,
		}),
		credentialsHelper: new CredentialsHelper(loaded, options.credentials ?? {}),
		uiMessages: [],
	};
}

async function execute(execution: Execution, options: WorkflowOptions): Promise<IRun> {
	const mode = options.mode ?? 'trigger';
	const { base, workflow } = execution;
	const executionId = String(++executions);
	const additionalData = buildAdditionalData({
		credentialsHelper: execution.credentialsHelper,
		executionId,
		workflowId: base.id,
		workflowSettings: workflow.settings,
		uiMessages: execution.uiMessages,
	});
	const hooks = new core.ExecutionLifecycleHooks(mode, executionId, base);
	hooks.addHandler('workflowExecuteAfter', (run) => {
		// n8n saves in this hook. For a canceled execution it runs before the node ends.
		if (run.status === 'canceled') execution.savedOnCancel ??= serialize(run.data);
	});
	additionalData.hooks = hooks;
	const [first] = base.nodes;
	const start = {
		node: workflow.nodes[first.name],
		data: { main: [options.startItems ?? [{ json: {} }]] },
		source: null,
	};
	const data = workflowPackage.createRunExecutionData({
		executionData: { nodeExecutionStack: [start] },
	});
	const engine = new core.WorkflowExecute(additionalData, mode, data);
	const startedAt = new Date();
	try {
		const running = engine.processRunExecutionData(workflow);
		options.onStart?.({ cancel: () => running.cancel() });
		return await running;
	} catch (error) {
		// n8n refused the workflow before its first node, for example because a parameter is missing.
		// n8n records that as a failed execution.
		data.resultData.error = error as ExecutionError;
		const stoppedAt = new Date();
		return { data, mode, startedAt, stoppedAt, status: 'error', storedAt: 'db' };
	}
}

function getOutput(task: ITaskData | undefined): NodeOutput {
	const main = task?.data?.main;
	return {
		items: main?.[0] ?? [],
		errorItems: main?.[1] ?? [],
		hints: task?.hints ?? [],
		error: task?.error,
		task,
	};
}
