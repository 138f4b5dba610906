import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IPollFunctions,
} from 'n8n-workflow';

import { readAccount } from './authenticate';
import { CakeError } from '../errors';
import { createKeyRedactor } from './redactKey';
import type { CakeCall } from './call';
import type { CakeAccount } from '../types';
import { readResponse } from './response';

type NodeContext = IExecuteFunctions | IPollFunctions;

/** Codes of Node's network calls, and what they mean. */
const MEANINGS: Record<string, string> = {
	ENOTFOUND: 'No host has this name',
	EAI_AGAIN: 'The name of the host could not be looked up just now',
	ECONNREFUSED: 'Nothing answers at this address',
	EHOSTUNREACH: 'No route to this host',
	ENETUNREACH: 'No route to this network',
};

/** The name was not found, so nothing was sent. */
const LOOK_UP_CODES = ['ENOTFOUND', 'EAI_AGAIN'];
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH/;

interface HelperReply {
	statusCode: number;
	headers: IDataObject;
	body: unknown;
}

/** What Node says of a failed network call, as far as n8n passes it on. */
interface NetworkFailure {
	code: string;
	syscall?: string | undefined;
}

/** Down the chain of causes: n8n wraps what its HTTP library threw. */
function readNetworkFailure(error: unknown): NetworkFailure {
	let code = '';
	let link = error;
	for (let depth = 0; depth < 5 && link instanceof Error; depth++) {
		if ('code' in link && typeof link.code === 'string') code ||= link.code;
		// n8n before 2.34 keeps no cause, but puts the code where an HTTP status would be.
		if ('httpCode' in link && /^[A-Z]/.test(String(link.httpCode))) code ||= String(link.httpCode);
		if ('syscall' in link && typeof link.syscall === 'string')
			return { code, syscall: link.syscall };
		// One attempt for each address of the host.
		if (link instanceof AggregateError) {
			const syscalls = new Set(link.errors.map((one) => readNetworkFailure(one).syscall));
			return { code, syscall: syscalls.size === 1 ? [...syscalls][0] : 'several' };
		}
		link = link.cause;
	}
	return { code };
}

/**
 * Whether the request cannot have arrived. A connection that stood reports the same codes, by `read`,
 * after the request went out: Linux tells it so when the network or a firewall stops answering.
 */
function wasNeverSent({ code, syscall }: NetworkFailure): boolean {
	if (LOOK_UP_CODES.includes(code)) return true;
	// n8n before 2.34 hides the call; a connection that stood is hardly ever refused.
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
	if (wasNeverSent(failure)) {
		const detail = `${MEANINGS[code] ?? 'No connection could be made'} (${code}).`;
		return new CakeError('notSent', { detail, isPermanent: code === 'ENOTFOUND' });
	}
	if (code === 'EPROTO') {
		return new CakeError('unavailable', {
			case: 'noHttps',
			detail: 'The server did not speak https (EPROTO).',
		});
	}
	return new CakeError('unavailable', { detail: code && `The connection broke (${code}).` });
}

/**
 * Waits for a reply, but no longer than to a deadline. Leaves nothing at the signal when the reply is
 * there: Node keeps a signal that is listened to until its time is over, and the reply with it.
 */
async function untilDeadline<T>(reply: Promise<T>, deadline: AbortSignal): Promise<T> {
	return await new Promise((resolve, reject) => {
		const onDeadline = () => reject(new Error('Deadline'));
		deadline.addEventListener('abort', onDeadline, { once: true });
		const settle = () => deadline.removeEventListener('abort', onDeadline);
		reply.finally(settle).then(resolve, reject);
	});
}

/**
 * One CAKE account, for one run of a node. Sends one request at a time it is asked, once: whether to
 * try again is for its user to decide.
 */
export class CakeClient {
	private constructor(
		private readonly context: NodeContext,
		private readonly credentials: ICredentialDataDecryptedObject,
		readonly account: Pick<CakeAccount, 'baseUrl' | 'readOnly'>,
		private readonly removeKey: (text: string) => string,
	) {}

	/**
	 * Reads the credential, once for the run: n8n decrypts it anew each time it is asked.
	 * @throws UserError when the Base URL or the key cannot be used
	 */
	static async connect(context: NodeContext): Promise<CakeClient> {
		const credentials = await context.getCredentials('cakeApi');
		const { apiKey, baseUrl, readOnly } = readAccount(credentials);
		return new CakeClient(context, credentials, { baseUrl, readOnly }, createKeyRedactor(apiKey));
	}

	/**
	 * Sends one request and judges the reply.
	 * @param timeoutMs for the whole request, from the start to the last byte of the reply
	 * @throws CakeError
	 */
	async send<T>(call: CakeCall<T>, timeoutMs: number): Promise<T> {
		const deadline = AbortSignal.timeout(timeoutMs);
		const options: IHttpRequestOptions = {
			method: call.method,
			url: call.path,
			[call.method === 'GET' ? 'qs' : 'body']: call.parameters,
			json: true,
			// As text, so that the key can be taken out before anything is parsed.
			encoding: 'text',
			// The verdict is made here for every status; n8n would send a request again on a 401.
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: timeoutMs,
			abortSignal: deadline,
		};
		let reply: HelperReply;
		try {
			// Some versions of n8n's HTTP library leave a broken reply hanging, the signal notwithstanding.
			reply = await untilDeadline(this.request(options), deadline);
		} catch (error) {
			// A call, not a rethrow of what n8n gave: its cause holds the whole request, with the key.
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
	 * n8n's helper takes the execution's cancel signal from `this` and puts it in place of ours, which
	 * would drop the deadline and cut off writes whose outcome we want to know. So its `this` is an
	 * object without that method.
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
