import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Account } from './account/account.mts';
import { AccountFile } from './account/file.mts';
import type { SavedAccount } from './account/saved.mts';
import { handleControlRequest } from './http/control.mts';
import {
	type DirectoryForm,
	type Endpoint,
	type FaultDetails,
	type FaultKind,
	type QuirkDetails,
	type QuirkKind,
	type SandboxOptions,
	type Settings,
	applyDefaults,
	isDirectory,
} from './protocol/options.mts';
import { readRequest } from './protocol/request.mts';
import { addDemoClicks, seed } from './account/seed.mts';
import { Postbacks } from './http/postbacks.mts';
import { type QueryHook, type ReplyMaker, Service } from './http/service.mts';
import type { Counters, LogEntry } from './protocol/requestLog.mts';
import { type ReplyHook, Wire } from './http/wire.mts';
import { Page } from './page/page.mts';

export { Account } from './account/account.mts';
export type { AccountEvent, Click, Conversion, Offer, Order, Status } from './account/model.mts';
export type {
	ConversionEndpoint,
	DirectoryForm,
	Endpoint,
	Fault,
	FaultDetails,
	FaultKind,
	Quirk,
	QuirkDetails,
	QuirkKind,
	SandboxOptions,
} from './protocol/options.mts';
export { EXTRA_MEMBERS, IGNORABLE_FILTERS } from './protocol/listForm.mts';
export { FAULT_KINDS, QUIRK_KINDS } from './protocol/options.mts';
export { PROFILES, type ProfileName } from './profiles.mts';
export type {
	PostbackEntry,
	PostbackFault,
	PostbackFaultKind,
	PostbackOptions,
} from './protocol/postbacks.mts';
export { POSTBACK_FAULT_KINDS } from './protocol/postbacks.mts';
export { DEMO } from './account/seed.mts';
export type { QueryHook, ReplyMaker, ScriptedReply, ScriptedRequest } from './http/service.mts';
export type {
	Counters,
	RequestResult,
	LogEntry,
	RefusalReason,
	RefusedParameter,
} from './protocol/requestLog.mts';
export type { ReplyHook } from './http/wire.mts';
export { REPEATED_ID_WORDINGS, SECOND_SALE_WORDINGS } from './faults/wordings.mts';

/** Which requests a scripted fault or quirk hits. */
export interface ScriptOptions {
	/** How many requests. Default 1. */
	times?: number;
	/** Default: all. */
	endpoint?: Endpoint;
}

/** A running sandbox. */
export interface Sandbox {
	/** Origin, without a trailing slash. */
	url: string;
	port: number;
	apiKey: string;
	account: Account;
	/** How the lists of names are served. A change counts from the next request on. */
	directory: DirectoryForm;
	/** Live. Always the same object. */
	counters: Counters;
	/** Live. Always the same array. */
	log: LogEntry[];
	/** Where postbacks go, and all that were sent. */
	postbacks: Postbacks;
	/** Plays a fault on the next requests, instead of a random one. First in, first out. */
	failNext(kind: FaultKind, options?: ScriptOptions & FaultDetails): void;
	/** Adds a quirk to the next requests that the account handles. They may have a fault, too. */
	applyQuirk(kind: QuirkKind, options?: ScriptOptions & QuirkDetails): void;
	/** Answers the next requests with the caller's reply. The account does not handle them. */
	replyNext(endpoint: Endpoint, reply: ReplyMaker, options?: { times?: number }): void;
	/** Calls a hook before each query page is answered. The hook may change the account. */
	onQuery(hook: QueryHook): void;
	/** Calls a hook with each reply, after it was handed to the network completely. */
	onReply(hook: ReplyHook): void;
	/** Clears counters and log. Data, scripted faults, quirks and replies stay. */
	reset(): void;
	/** Closes all connections and the server. You may call it twice. */
	close(): Promise<void>;
}

/** Starts a CAKE account. Without `file`, rejects if the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const settings = applyDefaults(options);
	const file =
		settings.file === undefined ? undefined : new AccountFile(settings.file, settings.report);
	const kept = file?.read();
	const account = makeAccount(settings, kept?.account);
	const service = new Service(account, settings);
	const { requestLog, script, quirkScript, hooks } = service;
	const wire = new Wire();
	const postbacks = new Postbacks(settings);
	account.onRecorded = (conversion) => void postbacks.fire(conversion);
	const page = new Page({ account, postbacks, settings });

	const server = createServer((request, response) => {
		if (handleControlRequest(request, response, requestLog)) return;
		if (page.handle(request, response)) return;
		requestLog.onRequestStart();
		response.on('close', () => requestLog.onRequestEnd());
		void answer(request, response, service, wire, settings);
	});
	server.on('connection', () => requestLog.counters.connections++);
	const ports = [...(kept ? [kept.port] : []), settings.port, ...(file ? [0] : [])];
	await listenOnFirst(server, ports, settings.host);

	const { port } = server.address() as AddressInfo;
	const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
	const url = `http://${host}:${port}`;
	if (kept && kept.port !== port) {
		settings.report(`Port ${kept.port} is taken. From now on the sandbox is at ${url}`);
	}
	file?.keep(account, port);
	let closed: Promise<void> | undefined;
	return {
		url,
		port,
		apiKey: settings.apiKey,
		account,
		directory: settings.directory,
		counters: requestLog.counters,
		log: requestLog.log,
		postbacks,
		failNext: (kind, { times, endpoint, ...details } = {}) =>
			script.push({ kind, details }, times, endpoint),
		applyQuirk: (kind, { times, endpoint, ...details } = {}) =>
			quirkScript.push({ kind, ...details }, times, endpoint),
		replyNext: (endpoint, reply, { times } = {}) => script.push({ reply }, times, endpoint),
		onQuery: (hook) => void hooks.push(hook),
		onReply: (hook) => void wire.hooks.push(hook),
		reset: () => requestLog.reset(),
		close: () => {
			postbacks.close();
			return (closed ??= close(server, wire).then(() => file?.close()));
		},
	};
}

function makeAccount(settings: Settings, saved: SavedAccount | undefined): Account {
	const { timeZone } = saved ?? settings;
	const account = new Account({ ...settings, timeZone });
	if (saved) {
		account.load(saved);
		addDemoClicks(account);
	} else {
		seed(account, settings, settings.list.extraMembers.includes('adv1'));
	}
	return account;
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	service: Service,
	wire: Wire,
	{ latencyMs, directory }: Settings,
): Promise<void> {
	let rawRequest;
	try {
		rawRequest = await readRequest(request);
	} catch {
		return; // The client disconnected before it had sent the complete request.
	}
	try {
		const { entry, outcome } = service.handle(rawRequest);
		const extraMs = isDirectory(entry.endpoint) ? directory.latencyMs : 0;
		wire.send(response, outcome, entry, latencyMs + extraMs);
	} catch (error) {
		// A bug of the sandbox or of a test's hook. Without this text it would look like CAKE's.
		response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
		response.end(
			`The sandbox itself failed: ${error instanceof Error ? error.stack : String(error)}`,
		);
	}
}

/** Listens on the first port that is free. Rejects if the last one is taken, too. */
async function listenOnFirst(server: Server, ports: number[], host: string): Promise<void> {
	const [port, ...others] = ports;
	try {
		await listen(server, port, host);
	} catch (error) {
		const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
		if (!isTaken || others.length === 0) throw error;
		await listenOnFirst(server, others, host);
	}
}

function listen(server: Server, port: number, host: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			resolve();
		});
	});
}

function close(server: Server, wire: Wire): Promise<void> {
	wire.close();
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
