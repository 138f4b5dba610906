import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IPollFunctions,
	Workflow,
} from 'n8n-workflow';
import { additionalDataFor } from './additional-data.mts';
import { CredentialsHelper } from './credentials.mts';
import { core, packageDirectory, startExpressionEngine, withLog, workflowPackage } from './n8n.mts';
import { loadPackage, NodeTypes } from './nodes.mts';

const TYPE = 'n8n-nodes-cake.cakeConversionsTrigger';
const CREDENTIAL_ID = 'credential';

export interface PollerOptions {
	/** Of the trigger. */
	parameters?: INodeParameters;
	credential: { baseUrl: string; apiKey: string; readOnly?: boolean };
	/**
	 * Whether memory is saved as with n8n's durable cursors: with the execution that a poll starts,
	 * and alone when it starts none, but for the poll of publishing: what that one remembers is lost,
	 * and the first tick begins anew. Every poll reads what was saved, and a restart does not poll.
	 * Otherwise as at n8n's defaults: beside the start of an execution, after activation, and not at
	 * all when a poll finds nothing; polls share one memory, and a restart polls.
	 */
	isDurable?: boolean;
	/** What n8n lets a poll take, in milliseconds; 5 minutes by default, as n8n does. */
	budgetMs?: number;
	timezone?: string;
}

/**
 * The trigger in a published workflow: n8n-core's PollContext around the built node, and what n8n
 * does around a poll (`poll-trigger-executor.js`, `active-workflow-triggers.js`,
 * `trigger-execution-context.factory.js` and `active-workflow-manager.js` of n8n 2.41): when memory is saved, and which memory a poll sees.
 */
export class Poller {
	/** What n8n's log held of it, oldest first. */
	readonly log: string[] = [];

	/** All items that started an execution, oldest first. */
	readonly announced: IDataObject[] = [];

	/** The workflow's static data in n8n's database. */
	private saved = '{}';

	private workflow?: Workflow;

	/**
	 * The workflow's ID, another one after n8n was started again: what the node keeps for the life of
	 * n8n's process, it keeps by this ID.
	 */
	private id = `workflow-${++processes}`;

	constructor(private readonly options: PollerOptions) {}

	/** Publishes the workflow: polls once, with what was saved. A poll that fails prevents it. */
	async activate(): Promise<IDataObject[]> {
		const workflow = await this.load();
		this.workflow = workflow;
		const rows = await this.poll(workflow, true);
		if (!this.options.isDurable) this.save(workflow.staticData);
		return rows;
	}

	/** A tick of the schedule. Ticks may overlap: n8n does not wait for the last one. */
	async tick(): Promise<IDataObject[]> {
		if (!this.workflow) throw new Error('The workflow is not published');
		return await this.poll(this.workflow);
	}

	/** Publishes the workflow, and lets it poll until it remembers what is there. */
	async publish(): Promise<this> {
		await this.activate();
		if (this.options.isDurable) await this.tick();
		return this;
	}

	/** n8n is killed and started again; what polls under way find is lost. */
	async restart(): Promise<IDataObject[]> {
		this.id = `workflow-${++processes}`;
		if (!this.options.isDurable) return await this.activate();
		this.workflow = await this.load();
		return [];
	}

	/** 'Test this trigger' in the editor. */
	async test(): Promise<IDataObject[]> {
		const workflow = await this.load();
		const context = await this.contextFor(workflow, 'manual');
		const before = JSON.stringify(workflow.staticData);
		const items = await this.call(workflow, context);
		// n8n saves nothing of a test; a node that counts on that is found out here.
		if (JSON.stringify(workflow.staticData) !== before) this.save(workflow.staticData);
		return listRows(items);
	}

	/** Changes the form; takes effect with the next `activate`. */
	change(parameters: INodeParameters): void {
		this.options.parameters = parameters;
	}

	/** What the database holds of the trigger's memory; undefined when nothing. */
	get memory(): IDataObject | undefined {
		const data = JSON.parse(this.saved) as Record<string, IDataObject>;
		return data[KEY]?.memory as IDataObject | undefined;
	}

	set memory(memory: unknown) {
		this.saved = JSON.stringify({ [KEY]: { memory } });
	}

	private save(staticData: IDataObject): void {
		this.saved = JSON.stringify(staticData);
	}

	/** One poll of a published workflow; what it saves depends on n8n's settings. */
	private async poll(workflow: Workflow, isActivation = false): Promise<IDataObject[]> {
		const snapshot = JSON.parse(this.saved) as IDataObject;
		const own = (snapshot[KEY] ??= {}) as IDataObject;
		const seed = JSON.stringify(snapshot);
		const context = await this.contextFor(workflow, 'trigger', own);
		const items = await this.call(workflow, context);
		// The workflow was published anew meanwhile: n8n drops what this poll found, and its memory.
		if (workflow !== this.workflow) return [];
		if (items !== null) for (const row of listRows(items)) this.announced.push(row);
		if (this.options.isDurable) {
			const isChanged = JSON.stringify(snapshot) !== seed;
			if (isChanged && (items !== null || !isActivation)) this.save(snapshot);
		} else if (items !== null) {
			this.save(workflow.staticData);
		}
		return listRows(items);
	}

	private async call(
		workflow: Workflow,
		context: IPollFunctions,
	): Promise<INodeExecutionData[][] | null> {
		const node = workflow.getNode(NAME) as INode;
		const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		return await withLog(this.log, async () => (await type.poll?.call(context)) ?? null);
	}

	private async load(): Promise<Workflow> {
		const loaded = await loadPackage(packageDirectory);
		await startExpressionEngine();
		return new workflowPackage.Workflow({
			id: this.id,
			name: 'Workflow',
			active: true,
			nodes: [
				{
					id: 'trigger',
					name: NAME,
					type: TYPE,
					typeVersion: 1,
					position: [0, 0],
					parameters: this.options.parameters ?? {},
					credentials: { cakeApi: { id: CREDENTIAL_ID, name: 'CAKE' } },
				},
			],
			connections: {},
			nodeTypes: new NodeTypes(loaded),
			staticData: JSON.parse(this.saved) as IDataObject,
			settings: { timezone: this.options.timezone ?? 'UTC' },
		});
	}

	private async contextFor(
		workflow: Workflow,
		mode: 'trigger' | 'manual',
		snapshot?: IDataObject,
	): Promise<IPollFunctions> {
		const { credential, isDurable, budgetMs } = this.options;
		const loaded = await loadPackage(packageDirectory);
		const credentialsHelper = new CredentialsHelper(loaded, {
			[CREDENTIAL_ID]: { type: 'cakeApi', data: credential },
		});
		const node = workflow.getNode(NAME) as INode;
		const additionalData = additionalDataFor({
			credentialsHelper,
			executionId: '',
			workflowId: this.id,
			workflowSettings: workflow.settings,
			uiMessages: [],
		});
		const context = new core.PollContext(
			workflow,
			node,
			additionalData,
			mode,
			mode === 'manual' ? 'manual' : 'update',
		);
		// n8n hands these to the constructor since 2.38. Set from outside, older ones have them, too.
		if (isDurable && snapshot) context.getWorkflowStaticData = () => snapshot;
		if (budgetMs !== undefined) Object.assign(context, { getPollBudgetMs: () => budgetMs });
		return context;
	}
}

/** How many processes of n8n there were in this test file, of all pollers. */
let processes = 0;

/** The node's name in the workflow; n8n keeps memory under it. */
const NAME = 'CAKE Conversions Trigger';
const KEY = `node:${NAME}`;

/** The conversion IDs of rows, in their order. */
export function listIds(rows: IDataObject[]): number[] {
	return rows.map((row) => Number(row.conversion_id));
}

function listRows(items: INodeExecutionData[][] | null): IDataObject[] {
	return (items ?? []).flat().map((item) => item.json);
}
