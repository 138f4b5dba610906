import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	IDataObject,
	ICredentialType,
	INode,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	INodeTypes,
	IVersionedNodeType,
} from 'n8n-workflow';
import { core, workflowPackage } from './n8n.mts';

/** The package under test, as n8n's loader loaded it. */
export interface LoadedPackage {
	name: string;
	getNode(fullName: string): INodeType | IVersionedNodeType;
	getCredential(name: string): ICredentialType;
	/** Full names of the nodes that use the credential. */
	supportedNodes(credential: string): string[];
}

interface PackageJson {
	name: string;
	n8n?: { nodes?: string[]; credentials?: string[] };
}

const loaded = new Map<string, Promise<LoadedPackage>>();

/** Loads the built package with n8n-core's loader. Each directory is loaded once. */
export async function loadPackage(directory: string): Promise<LoadedPackage> {
	let entry = loaded.get(directory);
	if (entry === undefined) {
		entry = load(directory);
		loaded.set(directory, entry);
	}
	return await entry;
}

async function load(directory: string): Promise<LoadedPackage> {
	assertBuilt(directory);
	const loader = new core.PackageDirectoryLoader(directory);
	await loader.loadAll();
	const { packageName } = loader;
	for (const { type } of Object.values(loader.credentialTypes)) {
		// n8n adds its domain restriction fields to each credential with `authenticate`.
		type.properties = workflowPackage.injectDomainRestrictionFields?.(type) ?? type.properties;
	}
	return {
		name: packageName,
		getNode(fullName) {
			const [prefix, name] = fullName.split('.');
			if (prefix !== packageName) throw new Error(`Unrecognized node type: ${fullName}`);
			return loader.getNode(name).type;
		},
		getCredential: (name) => loader.getCredential(name).type,
		supportedNodes(credential) {
			const names = loader.known.credentials[credential]?.supportedNodes ?? [];
			return names.map((name) => `${packageName}.${name}`);
		},
	};
}

function assertBuilt(directory: string): void {
	const text = readFileSync(join(directory, 'package.json'), 'utf8');
	const { name, n8n } = JSON.parse(text) as PackageJson;
	for (const file of [...(n8n?.nodes ?? []), ...(n8n?.credentials ?? [])]) {
		if (existsSync(join(directory, file))) continue;
		throw new Error(`${file} of ${name} is missing: run npm run build first`);
	}
}

function describeStandIn(name: string, inputs: INodeTypeDescription['inputs']) {
	const description: INodeTypeDescription = {
		displayName: name,
		name,
		group: inputs.length === 0 ? ['trigger'] : ['transform'],
		version: 1,
		description: name,
		defaults: { name },
		inputs,
		outputs: ['main'],
		properties: [],
	};
	return description;
}

/** Copies plain objects and arrays, but no Date and no Luxon value, as n8n does. */
function copy<T>(value: T): T {
	if (Array.isArray(value)) return value.map(copy) as T;
	if (typeof value !== 'object' || value === null) return value;
	const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
	if (prototype !== null && prototype.constructor?.name !== 'Object') return value;
	return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child)])) as T;
}

/** 'test.start': gives the workflow its items, as a trigger would. */
function createStartNode(items: IDataObject[]): INodeType {
	return {
		description: describeStandIn('start', []),
		async execute(): Promise<INodeExecutionData[][]> {
			return [items.map((json) => ({ json: copy(json) }))];
		},
	};
}

/** 'test.noOp': passes its items on, as n8n's No Operation node does. */
const noOpNode: INodeType = {
	description: describeStandIn('noOp', ['main']),
	async execute() {
		return [this.getInputData()];
	},
};

/** The node types of one workflow: the package's nodes, and stand-ins for n8n's own. */
export class NodeTypes implements INodeTypes {
	private readonly standIns: Record<string, INodeType>;

	constructor(
		private readonly loadedPackage: LoadedPackage,
		items: IDataObject[] = [],
	) {
		this.standIns = { 'test.start': createStartNode(items), 'test.noOp': noOpNode };
	}

	/** n8n adds 'Tool' to the name when an AI agent uses the node. It runs the same node type. */
	getByName(nodeType: string): INodeType | IVersionedNodeType {
		return this.standIns[nodeType] ?? this.loadedPackage.getNode(nodeType.replace(/Tool$/, ''));
	}

	getByNameAndVersion(nodeType: string, version?: number): INodeType {
		return workflowPackage.NodeHelpers.getVersionedNodeType(this.getByName(nodeType), version);
	}

	getKnownTypes(): IDataObject {
		return {};
	}
}

/** The version that n8n's editor gives a node when a user adds it to a workflow. */
export function newestVersion(types: INodeTypes, type: string): INode['typeVersion'] {
	const { description } = types.getByNameAndVersion(type);
	const { version, defaultVersion } = description;
	return defaultVersion ?? (Array.isArray(version) ? Math.max(...version) : version);
}
