import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IPollFunctions,
	Workflow,
} from 'n8n-workflow';
import { buildAdditionalData } from './additional-data.mts';
import { CredentialsHelper } from './credentials.mts';
import { core, packageDirectory, startExpressionEngine, withLog, workflowPackage } from './n8n.mts';
import { loadPackage, NodeTypes } from './nodes.mts';

const TYPE = 'n8n-nodes-cake.cakeConversionsTrigger';
const CREDENTIAL_ID = 'credential';

export interface PollerOptions {
	/** Parameters of the trigger. */
	parameters?: INodeParameters;
	credential: { baseUrl: string; apiKey: string; readOnly?: boolean };
	/**
	 * True for n8n's durable cursors. Each poll reads the saved memory. A poll that changed its copy
	 * saves it, together with the execution if it starts one. Activation is an exception: a poll that
	 * starts no execution then saves nothing, and the first tick starts over. A restart does not poll.
	 * False for n8n's defaults. Polls share one memory. n8n saves it when a poll starts an execution and
	 * after activation, but not when a poll finds nothing. A restart polls.
	 */
	isDurable?: boolean;
	/** How long n8n lets a poll take, in milliseconds. 5 minutes by default, as in n8n. */
	budgetMs?: number | undefined;
	timezone?: string;
}

/**
 * The trigger in a published workflow: the built node on n8n-core's PollContext. The class saves memory
 * and chooses which memory a poll sees as n8n 2.41 does (`poll-trigger-executor.js`,
 * `active-workflow-triggers.js`, `trigger-execution-context.factory.js`, `active-workflow-manager.js`).
 */
export class Poller {
	/** The lines that n8n logged during its polls, oldest first. */
	readonly log: string[] = [];

	/** All items that started an execution, oldest first. */
	readonly announced: IDataObject[] = [];

	/** The workflow's static data in n8n's database. */
	private saved = '{}';

	private workflow?: Workflow;

	/**
	 * The workflow's ID. The node keeps data under it until n8n's process ends, so a restart changes
	 * the ID.
	 */
	private id = `workflow-${++processes}`;

	constructor(private readonly options: PollerOptions) {}

	/** Publishes the workflow: polls once with the saved memory. A failed poll prevents publishing. */
	async activate(): Promise<IDataObject[]> {
		const workflow = await this.load();
		this.workflow = workflow;
		const rows = await this.poll(workflow, true);
		if (!this.options.isDurable) this.save(workflow.staticData);
		return rows;
	}

	/** Polls as n8n's schedule does. Ticks may overlap: n8n does not wait for the one before. */
	async tick(): Promise<IDataObject[]> {
		if (!this.workflow) throw new Error('The workflow is not published');
		return await this.poll(this.workflow);
	}

	/** Publishes the workflow and polls until the trigger remembers what is there. */
	async publish(): Promise<this> {
		await this.activate();
		if (this.options.isDurable) await this.tick();
		return this;
	}

	/** Kills n8n and starts it again. Polls in progress lose what they find. */
	async restart(): Promise<IDataObject[]> {
		this.id = `workflow-${++processes}`;
		if (!this.options.isDurable) return await this.activate();
		this.workflow = await this.load();
		return [];
	}

	/** 'Test this trigger' in the editor. */
	async test(): Promise<IDataObject[]> {
		const workflow = await this.load();
		const context = await this.createContext(workflow, 'manual');
		const before = JSON.stringify(workflow.staticData);
		const items = await this.call(workflow, context);
		// n8n does not save memory after a test. Saving it here exposes a node that writes to it.
		if (JSON.stringify(workflow.staticData) !== before) this.save(workflow.staticData);
		return listRows(items);
	}

	/** Changes the form. The change takes effect with the next `activate`. */
	change(parameters: INodeParameters): void {
		this.options.parameters = parameters;
	}

	/** The trigger's memory in the database; undefined when there is none. */
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

	/** Polls a published workflow and saves memory as `isDurable` says. */
	private async poll(workflow: Workflow, isActivation = false): Promise<IDataObject[]> {
		const snapshot = JSON.parse(this.saved) as IDataObject;
		const own = (snapshot[KEY] ??= {}) as IDataObject;
		const seed = JSON.stringify(snapshot);
		const context = await this.createContext(workflow, 'trigger', own);
		const items = await this.call(workflow, context);
		// The workflow was published again meanwhile. n8n drops this poll's items and memory.
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

	private async createContext(
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
		const additionalData = buildAdditionalData({
			credentialsHelper,
			executionId: '',
			workflowId: this.id,
			workflowSettings: workflow.settings,
			uiMessages: [],
		});
		// An object, because getWorkflow().name does not fit IPollFunctions: it may be undefined.
		const context: object = new core.PollContext(
			workflow,
			node,
			additionalData,
			mode,
			mode === 'manual' ? 'manual' : 'update',
		);
		// n8n passes these to the constructor since 2.38. Set here, they work in older versions, too.
		if (isDurable && snapshot) Object.assign(context, { getWorkflowStaticData: () => snapshot });
		if (budgetMs !== undefined) Object.assign(context, { getPollBudgetMs: () => budgetMs });
		return context as IPollFunctions;
	}
}

/** How many n8n processes this test file has had, for all pollers together. */
let processes = 0;

/** The node's name in the workflow. n8n keeps the node's memory under it. */
const NAME = 'CAKE Conversions Trigger';
const KEY = `node:${NAME}`;

export function listIds(rows: IDataObject[]): number[] {
	return rows.map((row) => Number(row.conversion_id));
}

function listRows(items: INodeExecutionData[][] | null): IDataObject[] {
	return (items ?? []).flat().map((item) => item.json);
}
