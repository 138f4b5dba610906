import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	IDataObject,
	IExecuteData,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeProperties,
	IRequestOptionsSimplified,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { core, workflowPackage } from './n8n.mts';
import type { LoadedPackage } from './nodes.mts';

/** Stored credentials by ID. */
export type CredentialStore = Record<string, { type: string; data: IDataObject }>;

/**
 * Stands in for n8n's CredentialsHelper (credentials-helper.js of n8n 2.41). That class is part of
 * n8n's server, not of n8n-core. For a credential type with a function `authenticate` this one does
 * the same: each time, it reads the stored data, adds the type's defaults and resolves expressions.
 * n8n then sends the request that `authenticate` returns.
 */
export class CredentialsHelper extends workflowPackage.ICredentialsHelper {
	/** How often n8n read and decrypted a credential. */
	reads = 0;

	constructor(
		private readonly loadedPackage: LoadedPackage,
		private readonly store: CredentialStore,
	) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(credentialType: string, nodeType: string): boolean {
		const type = this.loadedPackage.getCredential(credentialType);
		if (!type.restrictToSupportedNodes) return true;
		return this.loadedPackage.supportedNodes(credentialType).includes(nodeType);
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.loadedPackage.getCredential(typeName);
		if (authenticate === undefined) return options;
		if (typeof authenticate === 'function') return await authenticate(credentials, options);
		throw new Error('The harness knows credentials with a function authenticate only');
	}

	async preAuthentication(): Promise<undefined> {
		return undefined; // no credential of this package has a token that expires
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		nodeCredentials: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolve?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		this.reads += 1;
		const stored = this.store[nodeCredentials.id ?? ''];
		if (stored?.type !== type) {
			const { id } = nodeCredentials;
			throw new Error(`Credential with ID "${id}" does not exist for type "${type}".`);
		}
		// A copy made through text, as in n8n, so that no caller shares an object with the store.
		const data = JSON.parse(JSON.stringify(stored.data)) as ICredentialDataDecryptedObject;
		if (raw) return data;
		const complete = this.applyDefaults(type, data);
		if (!resolve) return complete;
		const keys = core.getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		return resolve.workflow.expression.getParameterValue(
			complete as Parameters<typeof resolve.workflow.expression.getParameterValue>[0],
			resolve.runExecutionData,
			resolve.runIndex,
			resolve.itemIndex,
			resolve.node.name,
			resolve.connectionInputData,
			mode,
			keys,
			executeData,
			false,
			complete,
		) as ICredentialDataDecryptedObject;
	}

	/** Adds the type's default for each property that was not stored. */
	applyDefaults(type: string, data: IDataObject): ICredentialDataDecryptedObject {
		const parameters = workflowPackage.NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			data as Parameters<typeof workflowPackage.NodeHelpers.getNodeParameters>[1],
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		for (const key of ['allowedHttpRequestDomains', 'allowedDomains']) {
			if (parameters[key] === undefined && data[key] !== undefined) {
				parameters[key] = data[key] as string;
			}
		}
		return parameters;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.loadedPackage.getCredential(type).properties;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Not part of the harness');
	}

	async updateCredentials(): Promise<void> {
		throw new Error('Not part of the harness');
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new Error('Not part of the harness');
	}
}
