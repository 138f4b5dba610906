import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instance } from './instance.mts';
import { Problem } from './problem.mts';
import { RestError } from './rest.mts';
import type { Workflow } from './workflows.mts';

const FORM_TRIGGER = 'n8n-nodes-base.formTrigger';

/** The credential that the example workflows use. */
export const SANDBOX_CREDENTIAL = {
	id: 'cakeSandboxCred1',
	name: 'CAKE sandbox',
	type: 'cakeApi',
};

/** The credential of the example that CAKE calls. */
export const POSTBACK_CREDENTIAL = {
	id: 'cakePostbackCred',
	name: 'CAKE postbacks (sandbox)',
	type: 'cakePostbackApi',
};

/** The credential of the examples' forms. Their files name none, so that each user chooses one. */
export const FORM_CREDENTIAL = {
	id: 'cakeFormsSandbox',
	name: 'Forms (sandbox)',
	type: 'httpBasicAuth',
};

/** Whoever opens a form of the examples signs in with it. Safe on loopback only. */
export const FORM_LOGIN = { user: 'sandbox', password: 'Sandbox-123' };

/** The header `authorization` of that login. */
export const FORM_AUTHORIZATION = `Basic ${Buffer.from(`${FORM_LOGIN.user}:${FORM_LOGIN.password}`).toString('base64')}`;

/** The data of the credential. */
export interface CakeAccess {
	baseUrl: string;
	apiKey: string;
	readOnly?: boolean;
}

/** The result of n8n's test of a credential. */
export interface TestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** Stores this access in the sandbox credential, which it creates if there is none. */
export async function ensureSandboxCredential(
	instance: Instance,
	access: CakeAccess,
): Promise<void> {
	await ensureCredential(instance, SANDBOX_CREDENTIAL, { readOnly: false, ...access });
}

/** Stores the secret with which the sandbox calls n8n. */
export async function ensurePostbackCredential(instance: Instance, secret: string): Promise<void> {
	await ensureCredential(instance, POSTBACK_CREDENTIAL, { secret });
}

/** Stores the login of the examples' forms. */
export async function ensureFormCredential(instance: Instance): Promise<void> {
	await ensureCredential(instance, FORM_CREDENTIAL, FORM_LOGIN);
}

/** Copies a workflow, with the credential chosen in each form that asks for a login. */
export function withFormCredential(workflow: Workflow): Workflow {
	const { id, name, type } = FORM_CREDENTIAL;
	const nodes = workflow.nodes.map((node) =>
		node.type === FORM_TRIGGER && node.parameters.authentication === 'basicAuth'
			? { ...node, credentials: { [type]: { id, name } } }
			: node,
	);
	return { ...workflow, nodes };
}

/**
 * Stores data in a credential. Creates the credential if there is none, with n8n's command: REST would
 * not let us choose its ID, which example workflows name.
 */
async function ensureCredential(
	instance: Instance,
	{ id, name, type }: typeof SANDBOX_CREDENTIAL,
	data: object,
): Promise<void> {
	if (await exists(instance, id)) {
		await instance.rest.patch(`/credentials/${id}`, { name, type, data });
		return;
	}
	const directory = await mkdtemp(join(tmpdir(), 'n8n-credential-'));
	const file = join(directory, 'credential.json');
	await writeFile(file, JSON.stringify([{ id, name, type, data }]), { mode: 0o600 });
	const { code, output } = await instance.command(['import:credentials', `--input=${file}`]);
	await rm(directory, { recursive: true });
	if (code !== 0 || !output.includes('Successfully imported')) {
		throw new Problem(`The credential could not be created: ${output.trim().split('\n').at(-1)}`);
	}
}

/** Has n8n test the stored credential, with this access in place of the stored data. */
export async function testCredential({ rest }: Instance, access: CakeAccess): Promise<TestResult> {
	const data = { readOnly: false, ...access };
	return await rest.post('/credentials/test', { credentials: { ...SANDBOX_CREDENTIAL, data } });
}

async function exists({ rest }: Instance, id: string): Promise<boolean> {
	try {
		await rest.get(`/credentials/${id}`);
		return true;
	} catch (error) {
		if (error instanceof RestError && error.status === 404) return false;
		throw error;
	}
}
