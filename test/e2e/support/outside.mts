import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { loadLocked } from './locked.mts';

/** Holds the manifest and the lock file of the proxy. It is installed there. */
const DIRECTORY = join(import.meta.dirname, '../proxy');

/** The part of mockttp used here. It is installed on demand, so its own types may be missing. */
interface CaughtRequest {
	method: string;
	url: string;
	headers: Record<string, string | string[] | undefined>;
	body: { getText(): Promise<string | undefined> };
}
interface Mockttp {
	start(port: number): Promise<void>;
	stop(): Promise<void>;
	forUnmatchedRequest(): {
		thenCallback(
			callback: (
				request: CaughtRequest,
			) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>,
		): Promise<unknown>;
	};
}
interface MockttpModule {
	generateCACertificate(): Promise<{ key: string; cert: string }>;
	getLocal(options: { https: { key: string; cert: string } }): Mockttp;
}

/** A request that n8n sent to an outside service, with its body. */
export interface OutsideCall {
	method: string;
	host: string;
	path: string;
	headers: Record<string, string | string[] | undefined>;
	body: string;
}

/** Answers a call as an outside service, in JSON. */
export type Answer = (call: OutsideCall) => { status: number; json: unknown };

/** Receives everything that n8n sends to outside hosts. */
export interface Outside {
	/** All calls so far, oldest first, unanswered ones included. */
	calls: OutsideCall[];
	/** Answers for a host from now on. */
	answerFor(host: string, answer: Answer): void;
	/** Settings that make an n8n use it. */
	env: Record<string, string>;
}

/** Runs `work` with a proxy in place of all outside hosts. No request leaves this machine. */
export async function withOutside(work: (outside: Outside) => Promise<void>): Promise<void> {
	const what = 'the proxy of the tests (once, 50 MB)';
	const { generateCACertificate, getLocal } = await loadLocked<MockttpModule>(
		DIRECTORY,
		'mockttp',
		what,
	);
	const authority = await generateCACertificate();
	const directory = await mkdtemp(join(tmpdir(), 'n8n-outside-'));
	const certificate = join(directory, 'authority.pem');
	await writeFile(certificate, authority.cert);
	const server = getLocal({ https: authority });
	const port = await getPort();
	await server.start(port);
	try {
		const answers = new Map<string, Answer>();
		const calls: OutsideCall[] = [];
		await server.forUnmatchedRequest().thenCallback(async (request) => {
			const { method, url, headers } = request;
			const { hostname: host, pathname: path } = new URL(url);
			const call = { method, host, path, headers, body: (await request.body.getText()) ?? '' };
			calls.push(call);
			const answer = answers.get(host)?.(call) ?? { status: 404, json: {} };
			const type = { 'content-type': 'application/json; charset=utf-8' };
			return { statusCode: answer.status, headers: type, body: JSON.stringify(answer.json) };
		});
		await work({
			calls,
			answerFor: (host, answer) => void answers.set(host, answer),
			env: buildProxySettings(`http://127.0.0.1:${port}`, certificate),
		});
	} finally {
		await server.stop();
		await rm(directory, { recursive: true });
	}
}

/** Gives the settings in upper and lower case. Otherwise the machine's own would win. */
function buildProxySettings(proxy: string, certificate: string): Record<string, string> {
	const settings = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1,localhost' };
	const lower = Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value]);
	const lowerSettings = Object.fromEntries(lower) as Record<string, string>;
	return { ...settings, ...lowerSettings, NODE_EXTRA_CA_CERTS: certificate };
}
