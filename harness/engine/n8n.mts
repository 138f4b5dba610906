import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'flatted';
import type * as N8nCore from 'n8n-core';
import type * as N8nWorkflow from 'n8n-workflow';
import type { LogMetadata } from 'n8n-workflow';

/**
 * This file decides which n8n the harness runs on. No other file loads n8n's packages: an `import`
 * from an ES module would load a second copy of n8n-workflow. Other files take n8n's values from here,
 * and import only its types.
 *
 * `N8N_PAIR_DIR` names another directory with an n8n-core / n8n-workflow pair in its node_modules.
 * The package under test is then in the same node_modules: installed from the packed tarball, not
 * linked, so that its `require('n8n-workflow')` finds that copy.
 */
const pairDirectory = process.env.N8N_PAIR_DIR;

/** The root of this repository. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** The directory of the package under test, built or installed. */
export const packageDirectory = pairDirectory
	? join(pairDirectory, 'node_modules', 'n8n-nodes-cake')
	: repositoryRoot;

// n8n's engine writes a settings file when it starts. It must not go to the developer's own ~/.n8n.
process.env.N8N_USER_FOLDER ??= createUserFolder();
process.env.N8N_DIAGNOSTICS_ENABLED ??= 'false';

function createUserFolder(): string {
	const worker = process.env.JEST_WORKER_ID ?? 'main';
	const folder = join(tmpdir(), `n8n-nodes-cake-${userInfo().username}-${worker}`);
	mkdirSync(folder, { recursive: true });
	return folder;
}

interface Token<T> {
	new (...args: never[]): T;
}

interface ContainerLike {
	get<T>(type: Token<T>): T;
	set<T>(type: Token<T>, instance: T): void;
}

interface LoggerInstance extends N8nWorkflow.Logger {
	setInternalLogger(logger: unknown): void;
}

type LoggerConstructor = new (globalConfig: unknown, instanceSettings: unknown) => LoggerInstance;

const requireFromPair = createRequire(join(pairDirectory ?? repositoryRoot, 'package.json'));
const requireFromCore = createRequire(requireFromPair.resolve('n8n-core'));

const { Container } = requireFromCore('@n8n/di') as { Container: ContainerLike };
const { Logger } = requireFromCore('@n8n/backend-common') as { Logger: LoggerConstructor };
const { GlobalConfig } = requireFromCore('@n8n/config') as {
	GlobalConfig: Token<{ expressionEngine?: Record<string, unknown> }>;
};

/** The lists that log lines go to, and how many running actions write to each. */
const sinks = new Map<string[], number>();

// n8n's own logger at debug level, but it writes to `sinks` in place of winston. It must be set before
// n8n-core asks for one. n8n's error reporter writes to it, too.
Container.set(Logger, createLogger());

/** n8n-core and n8n-workflow of the chosen pair. */
export const core = requireFromPair('n8n-core') as typeof N8nCore;
export const workflowPackage = requireFromCore('n8n-workflow') as typeof N8nWorkflow;

/** n8n's dependency container. */
export const container = Container;

unrefTimer();

/**
 * A timer of n8n-core closes idle SSH tunnels. Before 2.34 that timer keeps the process alive; later
 * versions unref it themselves.
 */
function unrefTimer(): void {
	const module = requireFromPair('n8n-core/dist/execution-engine/ssh-clients-manager') as {
		SSHClientsManager: Token<{ cleanupTimer?: NodeJS.Timeout }>;
	};
	container.get(module.SSHClientsManager).cleanupTimer?.unref();
}

const SAMPLE_NODE = { name: 'Sample', type: 'sample' } as N8nWorkflow.INode;

/** Things that only some of the n8n versions under test do. */
const CAPABILITIES = {
	/** Errors have a member `failure`, the kind of failure (2.41 does, 2.33 does not). */
	failure: () => {
		const failure = { cause: 'node-defect' } as const;
		const error = new workflowPackage.NodeOperationError(SAMPLE_NODE, '', { failure });
		return 'failure' in error && error.failure !== undefined;
	},
	/**
	 * n8n's errors keep the original error as their `cause` (2.41 does, 2.33 does not). The test of a
	 * credential takes status and code from there. Without a cause it shows the message.
	 */
	errorCause: () => {
		const error = new Error('Cause');
		const { NodeApiError } = workflowPackage;
		return new NodeApiError(SAMPLE_NODE, error as never).cause === error;
	},
	/**
	 * A workflow that lacks a required parameter fails. The message names the parameter from 2.34 on;
	 * before, it only says that there are issues.
	 */
	namedIssues: () => core.WorkflowHasIssuesError.length > 0,
	/**
	 * An item whose JSON is `error` and `details` goes to the error output (in 2.34.4, not in 2.32.2).
	 * Older versions do that only for `error` alone, or `error` and `message`.
	 */
	detailsAreErrors: () => isAtLeast(2, 34),
	/**
	 * n8n can test a credential whose 'Allowed HTTP Request Domains' are None. n8n-core 2.20.0 to
	 * 2.22.0 mistake the test for an HTTP Request node and refuse it (2.17.3 and 2.22.4 do not).
	 */
	testsWithoutDomains: () => !isAtLeast(2, 18) || isAtLeast(2, 22),
} satisfies Record<string, () => boolean>;

/** Whether n8n-core has this version or a later one. */
function isAtLeast(major: number, minor: number): boolean {
	const { version } = requireFromPair('n8n-core/package.json') as { version: string };
	const [ownMajor, ownMinor] = version.split('.').map(Number);
	return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Whether the n8n under test does this. */
export function supports(capability: keyof typeof CAPABILITIES): boolean {
	return CAPABILITIES[capability]();
}

function createLogger(): LoggerInstance {
	const logging = { level: 'debug', outputs: [], scopes: [], format: 'text', file: {} };
	const logger = new Logger({ logging }, {});
	const internal = {
		log(level: string, message: string, metadata: LogMetadata) {
			if (sinks.size === 0) return;
			const text = `${level} ${message} ${toText(metadata)}`;
			for (const sink of sinks.keys()) sink.push(text);
		},
		child: () => internal,
	};
	logger.setInternalLogger(internal);
	return logger;
}

function toText(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return stringify(value);
	}
}

/** Writes run data as n8n stores it: by flatted, which calls each error's toJSON. */
export function serialize(value: unknown): string {
	return stringify(value);
}

/** Collects what n8n's logger writes while `action` runs. Actions may share `lines`. */
export async function withLog<T>(lines: string[], action: () => Promise<T>): Promise<T> {
	sinks.set(lines, (sinks.get(lines) ?? 0) + 1);
	try {
		return await action();
	} finally {
		const others = (sinks.get(lines) ?? 1) - 1;
		if (others > 0) sinks.set(lines, others);
		else sinks.delete(lines);
	}
}

let expressionEngine: Promise<void> | undefined;

/**
 * Starts the expression engine that `N8N_EXPRESSION_ENGINE` names, as n8n does: legacy, quickjs or
 * vm. The harness defaults to legacy. n8n 2.41 defaults to vm, but vm needs isolated-vm, and that has
 * no build for Node before 24. All three give a node Luxon and Date values. Under Jest, quickjs and vm
 * need NODE_OPTIONS=--experimental-vm-modules, and vm makes a plain object of a Luxon value.
 */
export async function startExpressionEngine(): Promise<void> {
	const engine = process.env.N8N_EXPRESSION_ENGINE ?? 'legacy';
	if (engine === 'legacy') return;
	const settings = container.get(GlobalConfig).expressionEngine ?? {};
	expressionEngine ??= workflowPackage.Expression.initExpressionEngine({
		...settings,
		engine,
	} as Parameters<typeof N8nWorkflow.Expression.initExpressionEngine>[0]);
	await expressionEngine;
}
