import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../harness/engine/n8n.mts';

/** A tiny built package in a temporary directory. It tests the harness itself. */
export interface ScratchPackage {
	directory: string;
	remove(): void;
}

const NODE = `
const { NodeOperationError } = require('n8n-workflow');
class Probe {
	constructor() {
		this.description = {
			displayName: 'Probe', name: 'probe', group: ['transform'], version: 1, description: '',
			defaults: { name: 'Probe' }, inputs: ['main'], outputs: ['main'], usableAsTool: true,
			credentials: [{ name: 'probeApi', required: true }],
			properties: [
				{ displayName: 'Mode', name: 'mode', type: 'string', default: 'echo' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '' },
				{ displayName: 'Needed', name: 'needed', type: 'string', required: true, default: '',
					displayOptions: { show: { strict: [true] } } },
				{ displayName: 'Strict', name: 'strict', type: 'boolean', default: false },
			],
		};
	}
	async execute() {
		const data = await this.getCredentials('probeApi');
		const [input, output] = [this.getInputData(), []];
		for (let item = 0; item < input.length; item++) {
			const mode = this.getNodeParameter('mode', item);
			const value = this.getNodeParameter('value', item);
			if (mode === 'fail' && !this.continueOnFail()) {
				throw new NodeOperationError(this.getNode(), 'No good', { itemIndex: item, description: value });
			}
			if (mode === 'fail') {
				output.push({ json: { error: 'No good', details: value }, pairedItem: { item } });
				continue;
			}
			output.push({ json: await run[mode].call(this, value, data), pairedItem: { item } });
		}
		return [output];
	}
}
const kind = (value) => (value === null ? 'null' : value.constructor ? value.constructor.name : typeof value);
const run = {
	async echo(value) {
		return { value: String(value), kind: kind(value), zone: this.getTimezone() };
	},
	async hint(value) {
		this.addExecutionHints({ message: value, location: 'outputPane' });
		this.logger.debug('Probe hinted', { value });
		return {};
	},
	async request(value, data) {
		const options = { url: data.baseUrl + value, json: true, returnFullResponse: true, ignoreHttpStatusErrors: true };
		const given = { credentialsDecrypted: { id: '', name: '', type: 'probeApi', data } };
		const reply = await this.helpers.httpRequestWithAuthentication.call(this, 'probeApi', options, given);
		return { status: reply.statusCode, body: reply.body };
	},
	async plain(value, data) {
		const options = { url: data.baseUrl + value, json: true };
		return await this.helpers.httpRequestWithAuthentication.call(this, 'probeApi', options);
	},
};
module.exports = { Probe };
`;

const CREDENTIAL = `
class ProbeApi {
	constructor() {
		this.name = 'probeApi';
		this.displayName = 'Probe API';
		this.properties = [
			{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: 'http://127.0.0.1:1' },
			{ displayName: 'Key', name: 'apiKey', type: 'string', default: '' },
			{ displayName: 'Read Only', name: 'readOnly', type: 'boolean', default: false },
		];
		this.test = {
			request: { baseURL: '={{ $credentials.baseUrl }}', url: '/test' },
			rules: [{ type: 'responseSuccessBody', properties: { key: 'ok', value: false, message: 'Wrong key' } }],
		};
	}
	async authenticate(credentials, options) {
		if (credentials.readOnly) throw new Error('The credential is read-only');
		return { ...options, qs: { ...options.qs, key: credentials.apiKey } };
	}
}
module.exports = { ProbeApi };
`;

/** Writes the package in the layout that `npm run build` gives ours. */
export function writeScratchPackage(): ScratchPackage {
	const directory = mkdtempSync(join(tmpdir(), 'n8n-nodes-probe-'));
	const manifest = {
		name: 'n8n-nodes-probe',
		version: '0.0.1',
		n8n: {
			nodes: ['dist/nodes/Probe/Probe.node.js'],
			credentials: ['dist/credentials/ProbeApi.credentials.js'],
		},
	};
	mkdirSync(join(directory, 'dist/nodes/Probe'), { recursive: true });
	mkdirSync(join(directory, 'dist/credentials'), { recursive: true });
	writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
	writeFileSync(join(directory, manifest.n8n.nodes[0]), NODE);
	writeFileSync(join(directory, manifest.n8n.credentials[0]), CREDENTIAL);
	symlinkSync(join(repositoryRoot, 'node_modules'), join(directory, 'node_modules'));
	return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Starts a server that answers /status/<code>, hangs on /hang, and otherwise echoes the URL. */
export async function startProbeServer() {
	const requests: string[] = [];
	const listeners: Array<() => void> = [];
	const server = createServer((request, response) => {
		requests.push(request.url ?? '');
		for (const listener of listeners) listener();
		const status = /^\/status\/(\d+)/.exec(request.url ?? '')?.[1];
		if (request.url?.startsWith('/hang')) return;
		response.writeHead(Number(status ?? 200), { 'content-type': 'application/json' });
		response.end(JSON.stringify({ ok: request.url?.includes('key=good'), url: request.url }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		onRequest: (listener: () => void) => listeners.push(listener),
		async stop() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
