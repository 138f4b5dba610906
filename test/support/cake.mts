import { supports } from '../../harness/engine/n8n.mts';
import { inspect } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';
import {
	type ConversionEndpoint,
	type Endpoint,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '../../sandbox/server.mts';
import { type NodeRun, runNode, type RunOptions, serialize } from '../../harness/engine/engine.mts';

/** The member beside `error` in a failed item. n8n takes it for a part of the failure. */
export const DETAILS = supports('failure') ? 'details' : 'message';

type RunSettings = Partial<Omit<RunOptions, 'parameters'>>;

/** The sandbox of one test file, and the node run against it. */
export class Cake {
	private running?: Sandbox;
	private mayRefuse = false;

	constructor(private readonly options: SandboxOptions) {}

	get sandbox(): Sandbox {
		if (!this.running) throw new Error('The sandbox runs only while tests do');
		return this.running;
	}

	get account() {
		return this.sandbox.account;
	}

	/** What a user would fill in to reach the sandbox. */
	get credential() {
		return { baseUrl: this.sandbox.url, apiKey: this.sandbox.apiKey };
	}

	/** Runs Record Conversion with a fresh click, unless the parameters name another. */
	async record(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		const [{ clickId, offerId }] = this.account.freshClicks(1);
		return await this.run('record', { clickId, offerId, ...parameters }, settings);
	}

	async query(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		return await this.run('query', parameters, settings);
	}

	async get(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		return await this.run('get', parameters, settings);
	}

	async totals(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		return await this.run('totals', parameters, settings);
	}

	async reconcile(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		return await this.run('reconcile', parameters, settings);
	}

	async update(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		return await this.run('update', parameters, settings);
	}

	async check(parameters: INodeParameters = {}, settings: RunSettings = {}): Promise<NodeRun> {
		return await this.run('check', { resource: 'account', ...parameters }, settings);
	}

	/** Runs one operation. Without 'Retries' in the options, there are none. */
	async run(
		operation: ConversionEndpoint | 'check' | 'get' | 'reconcile' | 'totals',
		parameters: INodeParameters,
		settings: RunSettings = {},
	): Promise<NodeRun> {
		return await runNode({
			credential: this.credential,
			...settings,
			parameters: {
				operation,
				...parameters,
				options: { retries: 0, ...(parameters.options as INodeParameters | undefined) },
			},
		});
	}

	/** The parameters of every request that arrived, without the key. */
	sent(endpoint?: Endpoint): Array<Record<string, unknown>> {
		return this.sandbox.log
			.filter((entry) => endpoint === undefined || entry.endpoint === endpoint)
			.map(({ parameters }) => parameters);
	}

	get requests(): number {
		return this.sandbox.counters.requests;
	}

	/** Call this in a test that sends on purpose what CAKE's specification does not allow. */
	allowRefusedParameters(): void {
		this.mayRefuse = true;
	}

	async start(): Promise<void> {
		this.running = await startSandbox(this.options);
	}

	begin(): void {
		this.mayRefuse = false;
		this.sandbox.reset();
	}

	end(): void {
		if (!this.mayRefuse) expect(this.sandbox.counters.refusedParameters).toEqual([]);
	}

	async stop(): Promise<void> {
		await this.running?.close();
	}
}

/**
 * Starts a sandbox for the tests of this file or `describe`. Each test begins with empty counters. It
 * fails when the node sends a parameter that the specification does not allow.
 */
export function useCake(options: SandboxOptions = {}): Cake {
	const cake = new Cake(options);
	beforeAll(async () => await cake.start());
	beforeEach(() => cake.begin());
	afterEach(() => cake.end());
	afterAll(async () => await cake.stop());
	return cake;
}

/** Every spelling of a secret that a server could send back, and that an item could carry. */
export function spellings(secret: string): string[] {
	const percent = encodeURIComponent(secret);
	const json = JSON.stringify(secret).slice(1, -1);
	const lowerHex = (text: string) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
	return [
		...new Set([
			secret,
			percent,
			lowerHex(percent),
			percent.replace(/%20/g, '+'),
			json,
			json.replace(/\//g, '\\/'),
			secret.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
			secret
				.replace(/&/g, '&amp;')
				.replace(/</g, '&lt;')
				.replace(/>/g, '&gt;')
				.replace(/"/g, '&quot;'),
		]),
	];
}

/** A value as text, at any depth and with hidden properties. */
function inspectDeeply(value: unknown): string {
	return inspect(value, {
		depth: 20,
		showHidden: true,
		maxStringLength: null,
		maxArrayLength: null,
	});
}

/** Whether a secret can be read anywhere in a value, in any spelling. */
export function holds(secret: string, value: unknown): boolean {
	const text = `${inspectDeeply(value)}${JSON.stringify(value)}`;
	return spellings(secret).some((form) => text.includes(form));
}

/** The places where a secret can be read, among everything n8n keeps of a run. */
export function whereIs(secret: string, run: NodeRun): string[] {
	const places: Record<string, string> = {
		saved: run.saved,
		'run data': serialize(run.run),
		items: JSON.stringify([run.items, run.errorItems]),
		error: inspectDeeply([run.error, run.nodeError]),
		log: run.log.join('\n'),
		'messages to the editor': inspectDeeply(run.uiMessages),
		hints: inspectDeeply(run.hints),
	};
	// JSON inside JSON is escaped twice.
	const forms = spellings(secret).flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
	return Object.keys(places).filter((name) => forms.some((form) => places[name].includes(form)));
}
