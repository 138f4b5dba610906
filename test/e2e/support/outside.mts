import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../harness/server/ports.mts';
import { loadLocked } from './locked.mts';

/** The manifest and the lock file of the proxy; it is installed beside them. */
const DIRECTORY = join(import.meta.dirname, '../proxy');

/** What is used of mockttp. It is installed on demand, so its own types may not be there. */
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

/** A request that n8n sent to a service outside, with its body. */
export interface OutsideCall {
	method: string;
	host: string;
	path: string;
	headers: Record<string, string | string[] | undefined>;
	body: string;
}

/** What a service outside answers, as JSON. */
export type Answer = (call: OutsideCall) => { status: number; json: unknown };

/** Everything n8n sends to hosts outside ends here. */
export interface Outside {
	/** All calls so far, oldest first; those nobody answers for too. */
	calls: OutsideCall[];
	/** Answers for a host from now on. */
	answerFor(host: string, answer: Answer): void;
	/** Settings that make an n8n use it. */
	env: Record<string, string>;
}

/** Runs `work` with a proxy on this machine in place of the world outside; nothing gets through. */
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
	const port = await freePort();
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
			env: proxySettings(`http://127.0.0.1:${port}`, certificate),
		});
	} finally {
		await server.stop();
		await rm(directory, { recursive: true });
	}
}

/** In both spellings, or those of the machine would win. */
function proxySettings(proxy: string, certificate: string): Record<string, string> {
	const settings = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1,localhost' };
	const lower = Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value]);
	const lowerSettings = Object.fromEntries(lower) as Record<string, string>;
	return { ...settings, ...lowerSettings, NODE_EXTRA_CA_CERTS: certificate };
}
