import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as N8nCore from 'n8n-core';
import type * as N8nWorkflow from 'n8n-workflow';
import type { LogMetadata } from 'n8n-workflow';

/**
 * The one place that decides which n8n the harness runs on, and the only one that reaches into
 * n8n's packages. Everything else takes n8n's values from here (types may be imported as usual),
 * since an `import` from an ES module would load a second copy of n8n-workflow.
 *
 * `N8N_PAIR_DIR` names another directory with an n8n-core / n8n-workflow pair in its
 * node_modules. The package under test is then taken from the same node_modules (installed there
 * from the packed tarball, not linked), so that its `require('n8n-workflow')` finds that copy.
 */
const pairDirectory = process.env.N8N_PAIR_DIR;

/** The root of this repository. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** The installed or built package whose nodes are run. */
export const packageDirectory = pairDirectory
	? join(pairDirectory, 'node_modules', 'n8n-nodes-cake')
	: repositoryRoot;

// n8n writes a settings file when its engine starts: not into the developer's own ~/.n8n.
process.env.N8N_USER_FOLDER ??= ownUserFolder();
process.env.N8N_DIAGNOSTICS_ENABLED ??= 'false';

function ownUserFolder(): string {
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

/** Who listens to the log, and for how many actions under way. */
const sinks = new Map<string[], number>();

// n8n's own logger at debug level, before n8n-core asks for one; only what it would hand to
// winston is caught instead. The error reporter writes through it too.
Container.set(Logger, captureLogger());

/** n8n-core, n8n-workflow and n8n's flatted, of the chosen pair. */
export const core = requireFromPair('n8n-core') as typeof N8nCore;
export const workflowPackage = requireFromCore('n8n-workflow') as typeof N8nWorkflow;
const flatted = createRequire(requireFromCore.resolve('@n8n/backend-common'))('flatted') as {
	stringify(value: unknown): string;
};

/** n8n's dependency container. */
export const container = Container;

releaseTimer();

/**
 * n8n-core before 2.34 keeps the process alive by the timer that closes idle SSH tunnels; later
 * ones let it go themselves.
 */
function releaseTimer(): void {
	const module = requireFromPair('n8n-core/dist/execution-engine/ssh-clients-manager') as {
		SSHClientsManager: Token<{ cleanupTimer?: NodeJS.Timeout }>;
	};
	container.get(module.SSHClientsManager).cleanupTimer?.unref();
}

const SAMPLE_NODE = { name: 'Sample', type: 'sample' } as N8nWorkflow.INode;

/** What not every n8n does that the tests run on. */
const CAPABILITIES = {
	/** Errors tell what kind of failure they are: `failure` (2.41 has it, 2.33 does not). */
	failure: () => {
		const failure = { cause: 'node-defect' } as const;
		const error = new workflowPackage.NodeOperationError(SAMPLE_NODE, '', { failure });
		return 'failure' in error && error.failure !== undefined;
	},
	/**
	 * An error of n8n's keeps what it was made of as its `cause` (2.41 does, 2.33 does not). The test
	 * of a credential looks there for the status and the code, and goes by the message otherwise.
	 */
	errorCause: () => {
		const error = new Error('Cause');
		const { NodeApiError } = workflowPackage;
		return new NodeApiError(SAMPLE_NODE, error as never).cause === error;
	},
	/**
	 * A workflow that lacks a required parameter fails with the parameter's name in the message (from
	 * 2.34 on), where n8n otherwise says that there are issues.
	 */
	namedIssues: () => core.WorkflowHasIssuesError.length > 0,
	/**
	 * An item whose JSON is `error` and `details` leaves by the error output (2.34.4 does so, 2.32.2
	 * does not); before, only one of `error` alone, or of `error` and `message`.
	 */
	detailsAreErrors: () => isAtLeast(2, 34),
	/**
	 * A credential whose 'Allowed HTTP Request Domains' are None can be tested. n8n-core 2.20.0 to
	 * 2.22.0 take the test for an HTTP Request node and refuse it (2.17.3 and 2.22.4 do not).
	 */
	testsWithoutDomains: () => !isAtLeast(2, 18) || isAtLeast(2, 22),
} satisfies Record<string, () => boolean>;

/** Whether n8n-core is of this version or a later one. */
function isAtLeast(major: number, minor: number): boolean {
	const { version } = requireFromPair('n8n-core/package.json') as { version: string };
	const [ownMajor, ownMinor] = version.split('.').map(Number);
	return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Whether the n8n that the tests run on does this. */
export function supports(capability: keyof typeof CAPABILITIES): boolean {
	return CAPABILITIES[capability]();
}

function captureLogger(): LoggerInstance {
	const logging = { level: 'debug', outputs: [], scopes: [], format: 'text', file: {} };
	const logger = new Logger({ logging }, {});
	const internal = {
		log(level: string, message: string, metadata: LogMetadata) {
			if (sinks.size === 0) return;
			const line = `${level} ${message} ${toText(metadata)}`;
			for (const sink of sinks.keys()) sink.push(line);
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
		return flatted.stringify(value);
	}
}

/** Run data as n8n stores it in its database: n8n calls flatted on it, errors' toJSON included. */
export function serialize(value: unknown): string {
	return flatted.stringify(value);
}

/** What n8n's logger writes while `action` runs; once, where several actions share the lines. */
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
 * vm. Without it the harness takes legacy: the default of n8n 2.41, vm, needs isolated-vm, which
 * has no build for Node before 24. All three hand a node Luxon and Date values. Under Jest the
 * other two need NODE_OPTIONS=--experimental-vm-modules, and with vm a Luxon value arrives as a
 * plain object, which it does not outside Jest.
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
