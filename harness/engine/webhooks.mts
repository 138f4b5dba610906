import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, IHookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { core, withLog } from './n8n.mts';
import { type CallOptions, readRequest, type Reply, sendCall } from './webhook-http.mts';
import {
	callNode,
	getStore,
	getType,
	listWebhooks,
	loadWorkflow,
	NAME,
	type Received,
	WEBHOOK_ID,
	type WebhookOptions,
} from './webhook-workflow.mts';
import { connect, runWorkflow, type WorkflowRun } from './workflow.mts';

/**
 * A webhook node in a published workflow: the built node on n8n-core's WebhookContext, behind a real
 * socket. The class reads bodies, finds the webhook of a method and path, and starts an execution as
 * n8n 2.41 does (`body-parser.js`, `webhook-request-handler.js`, `webhook-helpers.js`). n8n's own server
 * is not part of n8n-core.
 */
export class WebhookServer {
	/** The lines that n8n logged during calls, oldest first. */
	readonly log: string[] = [];

	/** All executions that calls started, in the order they ended. */
	readonly executions: WorkflowRun[] = [];

	/** What each call left in the workflow's static data, which n8n would save. */
	readonly staticData: IDataObject[] = [];

	private id = newWorkflowId();
	private server?: Server;
	private readonly running = new Set<Promise<void>>();

	constructor(private readonly options: WebhookOptions = {}) {}

	/** Publishes the workflow: registers its webhooks. The node may refuse. */
	async publish(): Promise<this> {
		const { workflow, node, additionalData } = await loadWorkflow(this.id, this.options);
		for (const webhook of listWebhooks(workflow, node)) {
			const { name } = webhook.webhookDescription;
			const methods = getType(workflow, node).webhookMethods?.[name];
			const context = new core.HookContext(
				workflow,
				node,
				additionalData,
				'trigger',
				'activate',
				webhook,
			) as IHookFunctions;
			if (methods && !(await methods.checkExists.call(context))) await methods.create.call(context);
		}
		this.server = createServer((request, response) => void this.answer(request, response));
		await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
		return this;
	}

	/** The Production URL as the editor shows it. */
	get url(): string {
		return `${this.origin}/webhook/${WEBHOOK_ID}/postback`;
	}

	/** Calls the webhook. @param query what follows the path, from the `?` on */
	async call(query: string, options: CallOptions = {}): Promise<Reply> {
		const url = options.isTest ? this.url.replace('/webhook/', '/webhook-test/') : this.url;
		return await sendCall(url, query, options);
	}

	/** The items that the workflow got, one list for each execution, after all have ended. */
	async items(): Promise<IDataObject[][]> {
		while (this.running.size > 0) await Promise.all(this.running);
		return this.executions.map((run) => run.node('Done').items.map(({ json }) => json));
	}

	/** Kills n8n and starts it again: the node has nothing left in its process. */
	restart(): void {
		this.id = newWorkflowId();
	}

	async close(): Promise<void> {
		await this.items();
		const { server } = this;
		server?.closeAllConnections();
		await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
	}

	private get origin(): string {
		const { port } = (this.server?.address() ?? {}) as Partial<AddressInfo>;
		if (port === undefined) throw new Error('The workflow is not published');
		return `http://127.0.0.1:${port}`;
	}

	private async answer(raw: IncomingMessage, response: ServerResponse): Promise<void> {
		const refuse = (status: number, message: string): void => {
			response.writeHead(status, { 'Content-Type': 'application/json' });
			response.end(JSON.stringify({ code: status, message }));
		};
		try {
			const [, kind, path = ''] = /^\/(webhook|webhook-test)\/([^?]*)/.exec(raw.url ?? '') ?? [];
			const { workflow, node, additionalData } = await loadWorkflow(this.id, this.options);
			const webhook = listWebhooks(workflow, node).find(
				({ httpMethod, path: own }) => httpMethod === raw.method && own === path,
			);
			// n8n registers HEAD for nodes that name it.
			if (!webhook) return refuse(404, 'The requested webhook is not registered.');
			const httpRequest = await readRequest(raw, path);
			if (httpRequest === 'unreadable') return refuse(422, 'Failed to parse request body');
			Object.assign(additionalData, { httpRequest, httpResponse: response });
			const mode = kind === 'webhook-test' ? 'manual' : 'webhook';
			await this.handle({ workflow, node, additionalData, webhook, mode, response });
		} catch (error) {
			// A bug of the harness, or a node that throws: n8n saves a failed execution then.
			this.log.push(`error The webhook failed: ${String(error)}`);
			if (!response.headersSent)
				refuse(500, 'Workflow Webhook Error: Workflow could not be started!');
		}
	}

	private async handle(received: Received): Promise<void> {
		const { response } = received;
		const result = await withLog(this.log, async () => await callNode(received));
		this.staticData.push({ ...received.workflow.staticData });
		const { workflowData, noWebhookResponse } = result;
		if (!noWebhookResponse) {
			const message = workflowData ? 'Workflow was started' : 'Webhook call received';
			response.writeHead(200, { 'Content-Type': 'application/json' });
			response.end(JSON.stringify({ message }));
		}
		if (!workflowData) return;
		const execution = this.execute(received, workflowData);
		this.running.add(execution);
		void execution.finally(() => this.running.delete(execution));
	}

	/** Runs the workflow with the node's items, as n8n does: the node itself passes them on. */
	private async execute(
		{ node, mode }: Received,
		workflowData: NonNullable<IWebhookResponseData['workflowData']>,
	): Promise<void> {
		await this.options.beforeExecution?.();
		const run = await runWorkflow({
			nodes: [node, { name: 'Done', type: 'test.noOp' }],
			connections: connect([NAME, 'Done']),
			credentials: getStore(this.options),
			startItems: workflowData[0],
			mode,
		});
		this.executions.push(run);
	}
}

let workflows = 0;

/** A node keeps data under the workflow's ID until n8n's process ends. */
function newWorkflowId(): string {
	return `webhook-workflow-${++workflows}`;
}
