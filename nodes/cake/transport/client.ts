import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';

import { readAccount } from './authenticate';
import { CakeError } from '../errors';
import { createKeyRedactor } from './redactKey';
import type { CakeCall } from './call';
import type { CakeAccount } from '../types';
import { readResponse } from './response';

/** A node that runs, a trigger that polls, or a list in the editor's form. */
export type NodeContext = IExecuteFunctions | IPollFunctions | ILoadOptionsFunctions;

const CODE_MEANINGS: Record<string, string> = {
	ENOTFOUND: 'No host has this name',
	EAI_AGAIN: 'The name of the host could not be looked up just now',
	ECONNREFUSED: 'Nothing answers at this address',
	EHOSTUNREACH: 'No route to this host',
	ENETUNREACH: 'No route to this network',
};

/** The look-up of the host's name failed, so nothing was sent. */
const LOOK_UP_CODES = ['ENOTFOUND', 'EAI_AGAIN'];
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH/;

interface HelperReply {
	statusCode: number;
	headers: IDataObject;
	body: unknown;
}

/** A failed network call, as Node reports it. n8n before 2.34 hides `syscall`. */
interface NetworkFailure {
	code: string;
	syscall?: string | undefined;
}

/** Follows the chain of causes, since n8n wraps the errors of its HTTP library. */
function readNetworkFailure(error: unknown): NetworkFailure {
	let code = '';
	let link = error;
	for (let depth = 0; depth < 5 && link instanceof Error; depth++) {
		if ('code' in link && typeof link.code === 'string') code ||= link.code;
		// n8n before 2.34 keeps no cause. It puts the code in `httpCode`, meant for the HTTP status.
		if ('httpCode' in link && /^[A-Z]/.test(String(link.httpCode))) code ||= String(link.httpCode);
		if ('syscall' in link && typeof link.syscall === 'string')
			return { code, syscall: link.syscall };
		// Node tried all addresses of the host and got an error for each.
		if (link instanceof AggregateError) {
			const syscalls = new Set(link.errors.map((one) => readNetworkFailure(one).syscall));
			return { code, syscall: syscalls.size === 1 ? [...syscalls][0] : 'several' };
		}
		link = link.cause;
	}
	return { code };
}

/**
 * Whether the request cannot have arrived. The code alone does not tell: on Linux an open connection
 * fails with the same codes when the network or a firewall stops answering. Its system call is `read`,
 * not `connect`.
 */
function isUnsent({ code, syscall }: NetworkFailure): boolean {
	if (LOOK_UP_CODES.includes(code)) return true;
	// Without a system call ECONNREFUSED is proof enough: an open connection hardly ever gets it.
	return syscall === undefined ? code === 'ECONNREFUSED' : syscall === 'connect';
}

function toNetworkError(error: unknown, deadline: AbortSignal, timeoutMs: number): CakeError {
	if (deadline.aborted) {
		const detail = `No full reply within ${timeoutMs / 1000} s.`;
		return new CakeError('unavailable', { detail, isDeadline: true });
	}
	const failure = readNetworkFailure(error);
	const { code } = failure;
	if (CERTIFICATE.test(code)) {
		return new CakeError('notSent', {
			detail: `The server's certificate was not accepted (${code}).`,
			isPermanent: true,
		});
	}
	if (isUnsent(failure)) {
		const detail = `${CODE_MEANINGS[code] ?? 'No connection could be made'} (${code}).`;
		return new CakeError('notSent', { detail, isPermanent: code === 'ENOTFOUND' });
	}
	if (code === 'EPROTO') {
		return new CakeError('unavailable', {
			case: 'noHttps',
			detail: 'This address does not answer over https (EPROTO).',
		});
	}
	return new CakeError('unavailable', { detail: code && `The connection broke (${code}).` });
}

/**
 * Waits for a reply, at most until the deadline. Removes its listener when the reply is there. With a
 * listener Node would keep the signal, and so the reply, in memory until the deadline.
 */
async function waitUntilDeadline<T>(reply: Promise<T>, deadline: AbortSignal): Promise<T> {
	return await new Promise((resolve, reject) => {
		const onDeadline = () => reject(new Error('Deadline'));
		deadline.addEventListener('abort', onDeadline, { once: true });
		const removeListener = () => deadline.removeEventListener('abort', onDeadline);
		reply.finally(removeListener).then(resolve, reject);
	});
}

/**
 * Sends requests to one CAKE account, each of them once. The caller decides about another try.
 * A node creates one each time it runs.
 */
export class CakeClient {
	private constructor(
		private readonly context: NodeContext,
		private readonly credentials: ICredentialDataDecryptedObject,
		readonly account: Pick<CakeAccount, 'baseUrl' | 'readOnly'>,
		private readonly removeKey: (text: string) => string,
	) {}

	/**
	 * Reads the credential once for the run, since n8n decrypts it for each read.
	 * @throws UserError if the Base URL or the key is not usable
	 */
	static async connect(context: NodeContext): Promise<CakeClient> {
		const credentials = await context.getCredentials('cakeApi');
		const { apiKey, baseUrl, readOnly } = readAccount(credentials);
		return new CakeClient(context, credentials, { baseUrl, readOnly }, createKeyRedactor(apiKey));
	}

	/**
	 * Sends one request and reads the reply.
	 * @param timeoutMs for the whole request, until the last byte of the reply
	 * @throws CakeError
	 */
	async send<T>(call: CakeCall<T>, timeoutMs: number): Promise<T> {
		const deadline = AbortSignal.timeout(timeoutMs);
		const options: IHttpRequestOptions = {
			method: call.method,
			url: call.path,
			[call.method === 'GET' ? 'qs' : 'body']: call.parameters,
			json: true,
			// As text, to redact the key before anything is parsed.
			encoding: 'text',
			// `readResponse` handles all statuses. If n8n handled a 401, it would send the request again.
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: timeoutMs,
			abortSignal: deadline,
		};
		let reply: HelperReply;
		try {
			// Some versions of n8n's HTTP library never end a broken reply and ignore the signal.
			reply = await waitUntilDeadline(this.request(options), deadline);
		} catch (error) {
			// A new error: the cause of n8n's own error holds the whole request, with the key.
			throw toNetworkError(error, deadline, timeoutMs);
		}
		const body = reply.body ?? '';
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		return readResponse(
			{
				origin: this.account.baseUrl,
				status: reply.statusCode,
				headers: reply.headers,
				text: this.removeKey(text),
			},
			call,
		);
	}

	/**
	 * n8n's helper takes the execution's cancel signal from `this` and uses it in place of ours. That
	 * would drop the deadline and cut off writes before their outcome is clear. So `this` is an object
	 * without `getExecutionCancelSignal`.
	 */
	private async request(options: IHttpRequestOptions): Promise<HelperReply> {
		const { context } = this;
		const caller = {
			helpers: context.helpers,
			logger: context.logger,
			getNode: () => context.getNode(),
			getCredentials: async () => this.credentials,
		} as unknown as IExecuteFunctions;
		return await context.helpers.httpRequestWithAuthentication.call(caller, 'cakeApi', options, {
			credentialsDecrypted: {
				id: '',
				name: 'CAKE API',
				type: 'cakeApi',
				data: this.credentials,
			},
		});
	}
}
