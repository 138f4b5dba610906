import type {
	ICredentialsDecrypted,
	ICredentialTestRequest,
	IDataObject,
	IExecuteData,
	INode,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { buildAdditionalData } from './additional-data.mts';
import { CredentialsHelper } from './credentials.mts';
import { core, packageDirectory, startExpressionEngine, workflowPackage } from './n8n.mts';
import { loadPackage, NodeTypes } from './nodes.mts';

/** What n8n shows under the credential after its test. */
export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

interface RequestError extends Error {
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

/**
 * Tests a credential the way n8n 2.41 does when a user saves it. n8n's tester
 * (services/credentials-tester.service.js) is part of its server, not of n8n-core. So its steps are
 * repeated here: a temporary node has the credential type's `test.request` as its routing, n8n-core's
 * RoutingNode sends the request, and the credential type's rules decide whether the test fails.
 * The request, `authenticate` and n8n's errors are the real ones.
 */
export async function testCredential(
	data: IDataObject,
	options: { type?: string; packageDirectory?: string } = {},
): Promise<CredentialTestResult> {
	const type = options.type ?? 'cakeApi';
	const loaded = await loadPackage(options.packageDirectory ?? packageDirectory);
	await startExpressionEngine();
	const { test } = loaded.getCredential(type);
	if (!test) return { status: 'Error', message: 'No testing function found for this credential.' };
	const helper = new CredentialsHelper(loaded, { temp: { type, data } });
	const decrypted: ICredentialsDecrypted = {
		id: 'temp',
		name: 'CAKE account',
		type,
		data: helper.applyDefaults(type, data),
	};
	helper.getDecrypted = async () => decrypted.data ?? {};
	try {
		return readReply(test, await send(test, decrypted, helper, new NodeTypes(loaded)));
	} catch (error) {
		return readError(test, error as RequestError);
	}
}

async function send(
	test: ICredentialTestRequest,
	decrypted: ICredentialsDecrypted,
	helper: CredentialsHelper,
	types: NodeTypes,
): Promise<INodeExecutionData[][]> {
	const nodeType = createTemporaryNodeType(types, decrypted.type, test);
	const node: INode = {
		id: 'temp',
		parameters: {},
		name: 'Temp-Node',
		type: nodeType.description.name,
		typeVersion: 1,
		position: [0, 0],
		credentials: { [decrypted.type]: { id: decrypted.id, name: decrypted.name } },
	};
	const workflow = new workflowPackage.Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
	});
	const additionalData = buildAdditionalData({
		credentialsHelper: helper,
		executionId: 'temp',
		workflowId: '',
		workflowSettings: {},
		uiMessages: [],
	});
	const executeData: IExecuteData = { node, data: {}, source: null };
	const context = new core.ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		workflowPackage.createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		executeData,
		[],
	);
	await workflow.expression.acquireIsolate?.();
	try {
		const reply = await new core.RoutingNode(context, nodeType, decrypted).runNode();
		return reply ?? [];
	} finally {
		await workflow.expression.releaseIsolate?.();
	}
}

function createTemporaryNodeType(
	types: NodeTypes,
	credentialType: string,
	test: ICredentialTestRequest,
): INodeType {
	return {
		description: {
			...types.getByNameAndVersion('test.noOp').description,
			credentials: [{ name: credentialType, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					routing: { request: test.request },
					default: '',
				},
			],
		},
	};
}

function readReply(
	test: ICredentialTestRequest,
	reply: INodeExecutionData[][],
): CredentialTestResult {
	for (const rule of test.rules ?? []) {
		if (rule.type !== 'responseSuccessBody') continue;
		const { key, message } = rule.properties;
		const value: unknown = rule.properties.value;
		if (getValueAt(reply[0][0].json, key) === value) return { status: 'Error', message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

function readError(test: ICredentialTestRequest, error: RequestError): CredentialTestResult {
	const { cause } = error;
	if (cause?.response) {
		const { status, statusText } = cause.response;
		for (const rule of test.rules ?? []) {
			if (rule.type === 'responseCode' && rule.properties.value === status) {
				return { status: 'Error', message: rule.properties.message };
			}
		}
		if (status < 199 || status > 299) {
			return { status: 'Error', message: statusText || `Received HTTP status code: ${status}` };
		}
	} else if (cause?.code) {
		return { status: 'Error', message: cause.code };
	}
	return { status: 'Error', message: error.message };
}

/** Follows a dotted path, as n8n does with lodash. */
function getValueAt(data: IDataObject, path: string): unknown {
	let value: unknown = data;
	for (const key of path.split('.')) {
		value = (value as Record<string, unknown> | null | undefined)?.[key];
	}
	return value;
}
