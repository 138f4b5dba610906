import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Account } from './account/account.mts';
import { control } from './http/control.mts';
import {
	type Endpoint,
	type FaultDetails,
	type FaultKind,
	type QuirkDetails,
	type QuirkKind,
	type SandboxOptions,
	settle,
} from './protocol/options.mts';
import { readRequest } from './protocol/request.mts';
import { seed } from './account/seed.mts';
import { type QueryHook, type ReplyMaker, Service } from './http/service.mts';
import type { Counters, LogEntry } from './protocol/requestLog.mts';
import { type ReplyHook, Wire } from './http/wire.mts';

export { Account } from './account/account.mts';
export type { AccountEvent, Click, Conversion, Offer, Order, Status } from './account/model.mts';
export type {
	Endpoint,
	Fault,
	FaultDetails,
	FaultKind,
	Quirk,
	QuirkDetails,
	QuirkKind,
	SandboxOptions,
} from './protocol/options.mts';
export { FAULT_KINDS, QUIRK_KINDS } from './protocol/options.mts';
export { DEMO } from './account/seed.mts';
export type { QueryHook, ReplyMaker, ScriptedReply, ScriptedRequest } from './http/service.mts';
export type {
	Counters,
	Done,
	LogEntry,
	RefusalReason,
	RefusedParameter,
} from './protocol/requestLog.mts';
export type { ReplyHook } from './http/wire.mts';
export { REPEATED_ID_WORDINGS, SECOND_SALE_WORDINGS } from './faults/wordings.mts';

/** When and where a scripted fault, quirk or reply is played. */
export interface ScriptOptions {
	/** For so many requests. Default 1. */
	times?: number;
	/** Default: whichever of the three comes next. */
	endpoint?: Endpoint;
}

/** A running sandbox. */
export interface Sandbox {
	/** Origin, without a slash at its end. */
	url: string;
	port: number;
	apiKey: string;
	account: Account;
	/** Live: the same object all the time. */
	counters: Counters;
	/** Live: the same array all the time. */
	log: LogEntry[];
	/** Plays a fault on coming requests, before any random one; first in, first out. */
	failNext(kind: FaultKind, options?: ScriptOptions & FaultDetails): void;
	/** Applies a quirk to coming requests whose work is done, on top of any fault; first in, first out. */
	applyQuirk(kind: QuirkKind, options?: ScriptOptions & QuirkDetails): void;
	/** Answers coming requests with a reply of the caller's making; their work is not done. */
	replyNext(endpoint: Endpoint, reply: ReplyMaker, options?: { times?: number }): void;
	/** Calls a hook before each query page that is answered, with the right to alter the account. */
	onQuery(hook: QueryHook): void;
	/** Calls a hook with each reply that was handed to the network whole. */
	onReply(hook: ReplyHook): void;
	/** Counters and log back to zero; data and scripts stay. */
	reset(): void;
	/** Ends all connections and waits for the server to close. May be called twice. */
	close(): Promise<void>;
}

/** Starts a CAKE account on a port of its own. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const settings = settle(options);
	const account = new Account(settings);
	seed(account, settings);
	const service = new Service(account, settings);
	const { requestLog, script, quirkScript, hooks } = service;
	const wire = new Wire();

	const server = createServer((request, response) => {
		if (control(request, response, requestLog)) return;
		requestLog.entered();
		response.on('close', () => requestLog.left());
		void answer(request, response, service, wire, settings.latencyMs);
	});
	server.on('connection', () => requestLog.counters.connections++);
	await listen(server, settings.port, settings.host);

	const { port } = server.address() as AddressInfo;
	const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
	let closed: Promise<void> | undefined;
	return {
		url: `http://${host}:${port}`,
		port,
		apiKey: settings.apiKey,
		account,
		counters: requestLog.counters,
		log: requestLog.log,
		failNext: (kind, { times, endpoint, ...details } = {}) =>
			script.push({ kind, details }, times, endpoint),
		applyQuirk: (kind, { times, endpoint, ...details } = {}) =>
			quirkScript.push({ kind, ...details }, times, endpoint),
		replyNext: (endpoint, reply, { times } = {}) => script.push({ reply }, times, endpoint),
		onQuery: (hook) => void hooks.push(hook),
		onReply: (hook) => void wire.hooks.push(hook),
		reset: () => requestLog.reset(),
		close: () => (closed ??= close(server, wire)),
	};
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	service: Service,
	wire: Wire,
	latencyMs: number,
): Promise<void> {
	let seen;
	try {
		seen = await readRequest(request);
	} catch {
		return; // The client went away before it had said all: nothing was asked.
	}
	try {
		const { entry, outcome } = service.handle(seen);
		wire.send(response, outcome, entry, latencyMs);
	} catch (error) {
		// A fault of the sandbox or of a test's hook: said aloud, or it would look like CAKE's.
		response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
		response.end(
			`The sandbox itself failed: ${error instanceof Error ? error.stack : String(error)}`,
		);
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
