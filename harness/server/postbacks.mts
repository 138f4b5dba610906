import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './paths.mts';
import { Problem } from './problem.mts';
import type { Workflow } from './workflows.mts';

export const POSTBACK_TRIGGER = 'n8n-nodes-cake.cakePostbackTrigger';

/**
 * The URL that a user pastes into CAKE for a workflow: what the editor shows as Production URL, and
 * after it what the node shows. The package must be built.
 * @param origin n8n's address, without a slash at its end
 */
export function toPostbackUrl(origin: string, { name, nodes }: Workflow, secret: string): string {
	const webhookId = nodes.find(({ type }) => type === POSTBACK_TRIGGER)?.webhookId;
	if (typeof webhookId !== 'string') throw new Problem(`"${name}" has no webhook of CAKE`);
	const query = readUrlBlock().replace('YOUR-SECRET', secret);
	return `${origin}/webhook/${webhookId}/postback${query}`;
}

/** Reads what the node shows to add to the URL. The package must be built. */
export function readUrlBlock(): string {
	const built = join(ROOT, 'dist/nodes/CakePostbackTrigger/urlBlock.js');
	return (createRequire(import.meta.url)(built) as { URL_BLOCK: string }).URL_BLOCK;
}
