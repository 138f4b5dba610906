import { createHash, timingSafeEqual } from 'node:crypto';

import {
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
} from 'n8n-workflow';

export const CREDENTIAL_TYPE = 'cakePostbackApi';

const SHORTEST_SECRET = 16;
const ADVICE = `Use at least ${SHORTEST_SECRET} letters and digits, such as a password that a password manager makes.`;

/** Why a secret cannot protect the webhook; undefined if it can. */
export function findSecretFlaw(secret: unknown): string | undefined {
	if (typeof secret !== 'string' || secret === '') return `'Secret' is empty. ${ADVICE}`;
	if (/[^\w.~-]/.test(secret)) {
		return `'Secret' has characters that do not stay as they are in a URL. ${ADVICE} The signs - and _ are fine, too.`;
	}
	if (secret.length < SHORTEST_SECRET) return `'Secret' is too short. ${ADVICE}`;
	return undefined;
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}

/** Takes the same time wherever the two differ, so that nobody can guess the secret bit by bit. */
export function isSameSecret(given: string, secret: string): boolean {
	return timingSafeEqual(digest(given), digest(secret));
}

/** @throws NodeOperationError for a secret that cannot protect the webhook: nothing is published then */
export async function assertUsableSecret(context: IHookFunctions): Promise<void> {
	const { secret } = await context.getCredentials(CREDENTIAL_TYPE);
	const flaw = findSecretFlaw(secret);
	if (flaw === undefined) return;
	throw new NodeOperationError(context.getNode(), 'The CAKE postback credential cannot be used', {
		description: flaw,
		failure: { cause: 'credential-invalid' },
	});
}

/** n8n's test of the credential. It asks nobody: CAKE does not know the secret before it calls. */
export async function testSecret(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const flaw = findSecretFlaw(credential.data?.secret);
	return flaw === undefined
		? { status: 'OK', message: 'The secret can be used' }
		: { status: 'Error', message: flaw };
}
