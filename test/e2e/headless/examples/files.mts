import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { TestContext } from 'node:test';
import {
	POSTBACK_CREDENTIAL,
	SANDBOX_CREDENTIAL,
} from '../../../../harness/server/credentials.mts';
import { nodeTypes } from '../../../../harness/server/package.mts';
import {
	exampleFiles,
	type PinnedItem,
	readWorkflow,
	type WorkflowNode,
} from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { readExampleData } from './support.mts';

const STICKY = 'n8n-nodes-base.stickyNote';
const FORM = 'n8n-nodes-base.formTrigger';
/** Triggers that wait for somebody to call them or to fill in their form. */
const CALLED = ['n8n-nodes-base.webhook', 'n8n-nodes-cake.cakePostbackTrigger', FORM];
/** Nodes of services that most users have no account of when they try an example. */
const ANSWERED = ['n8n-nodes-base.slack'];
/** The space of a node and the name below it on the canvas, in pixels. */
const NODE_SIZE = { width: 96, height: 140 };
/** The credentials that an example may name. A user replaces them. */
const CREDENTIALS: Record<string, { id: string; name: string }> = {
	cakeApi: { id: SANDBOX_CREDENTIAL.id, name: SANDBOX_CREDENTIAL.name },
	cakePostbackApi: { id: POSTBACK_CREDENTIAL.id, name: POSTBACK_CREDENTIAL.name },
	smtp: { id: 'smtpExample00001', name: 'SMTP' },
	slackApi: { id: 'slackExample1', name: 'Slack' },
	openAiApi: { id: 'openAiExample001', name: 'OpenAI' },
};

interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** Checks that anybody can import the example files. */
export async function checkFiles({ instance }: Fresh, t: TestContext): Promise<void> {
	const types = await nodeTypes(instance);
	// A type may be listed more than once, each time with other versions.
	const listVersions = (name: string) =>
		types.filter((type) => type.name === name).flatMap(({ version }) => version);
	const ids = new Set<string>();
	for (const file of await exampleFiles()) {
		await t.test(`the file ${basename(file)} can be imported by anybody`, async () => {
			const { id, active, nodes, connections, settings, ...rest } = (await readWorkflow(
				file,
			)) as Awaited<ReturnType<typeof readWorkflow>> & { active?: boolean };
			assert.match(id ?? '', /^[A-Za-z0-9]{16}$/);
			assert.ok(!ids.has(id ?? ''), 'another example has its ID');
			ids.add(id ?? '');
			assert.equal(active, false);
			assert.deepEqual(settings, { executionOrder: 'v1' });
			const { pinData = {}, ...others } = rest;
			assert.deepEqual(Object.keys(others), ['name']);
			assertPinned(nodes, pinData);
			for (const node of nodes) assertKnown(node, listVersions(node.type));
			assertNamesFit(nodes, connections);
			assertTidy(nodes);
			assert.doesNotMatch(readFileSync(file, 'utf8'), /https?:|127\.0\.0\.1|localhost:|:\d{4}\//);
		});
	}
}

function assertKnown(node: WorkflowNode, versions: number[]): void {
	assert.ok(versions.length > 0, `n8n does not know ${node.type}`);
	assert.ok(versions.includes(node.typeVersion), `${node.name}: version`);
	if (node.type === FORM) assert.equal(node.parameters.authentication, 'basicAuth');
	for (const [type, credential] of Object.entries(node.credentials ?? {})) {
		assert.deepEqual(credential, CREDENTIALS[type], `${node.name}: credential`);
	}
	assert.match(node.id ?? '', /^[0-9a-f-]{36}$/);
}

/** Asserts that each node exists that a connection or an expression names. */
function assertNamesFit(nodes: WorkflowNode[], connections: Record<string, unknown>): void {
	const names = nodes.map(({ name }) => name);
	assert.equal(new Set(names).size, names.length, 'two nodes have the same name');
	const targets = [...JSON.stringify(connections).matchAll(/"node":"([^"]*)"/g)];
	const texts = nodes.map(({ parameters }) => JSON.stringify(parameters)).join();
	const references = [...texts.matchAll(/\$\('([^']*)'\)/g)];
	const used = [
		...Object.keys(connections),
		...[...targets, ...references].map(([, name]) => name),
	];
	for (const name of used) assert.ok(names.includes(name), `no node is called ${name}`);
	const linked = new Set([...Object.keys(connections), ...targets.map(([, name]) => name)]);
	for (const { name, type } of nodes) assert.ok(type === STICKY || linked.has(name), name);
}

/**
 * Asserts that what waits for a call has an example pinned to it, with the example's own file, and that
 * what needs another account has an answer pinned to it.
 */
function assertPinned(nodes: WorkflowNode[], pinData: Record<string, PinnedItem[]>): void {
	const pinned = nodes.filter(({ type }) => [...CALLED, ...ANSWERED].includes(type));
	assert.deepEqual(
		Object.keys(pinData),
		pinned.map(({ name }) => name),
	);
	for (const { binary = {} } of Object.values(pinData).flat()) {
		for (const { data, fileName } of Object.values(binary)) {
			assert.equal(Buffer.from(data, 'base64').toString(), readExampleData(String(fileName)));
		}
	}
}

/** Asserts that no nodes and no notes overlap, and that each node lies on one note. */
function assertTidy(all: WorkflowNode[]): void {
	const notes = all.filter(({ type }) => type === STICKY).map(getBox);
	const nodes = all.filter(({ type }) => type !== STICKY).map(getBox);
	for (const list of [notes, nodes]) {
		list.forEach((a, i) =>
			list.slice(i + 1).forEach((b) => assert.ok(!overlap(a, b), `${a.name} overlaps ${b.name}`)),
		);
	}
	for (const node of nodes) {
		const around = notes.filter((note) => holds(note, node));
		assert.equal(around.length, 1, `${node.name} lies on no note, or over its edge`);
	}
	assert.ok(notes.length > 2);
}

function getBox({ name, type, position: [left, top], parameters }: WorkflowNode): Box {
	const { width, height } = type === STICKY ? (parameters as typeof NODE_SIZE) : NODE_SIZE;
	return { name, left, top, right: left + width, bottom: top + height };
}

function overlap(a: Box, b: Box): boolean {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function holds(outer: Box, inner: Box): boolean {
	return (
		outer.left <= inner.left &&
		outer.top <= inner.top &&
		outer.right >= inner.right &&
		outer.bottom >= inner.bottom
	);
}
