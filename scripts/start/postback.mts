import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EXAMPLES_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';
import { readWorkflow } from '../../harness/server/workflows.mts';

const EXAMPLE = 'postback-to-slack.json';
const TRIGGER = 'n8n-nodes-cake.cakePostbackTrigger';

/** Between two programs on this machine. A real one has to be secret. */
export const POSTBACK_SECRET = 'sandbox-secret-0123456789';

/**
 * The URL that the sandbox calls for each recorded conversion: that of the example, as a user would
 * paste it into CAKE. Until the example is published, nobody is there. The package must be built.
 */
export async function readPostbackUrl(n8nPort: number): Promise<string> {
	const { nodes } = await readWorkflow(join(EXAMPLES_DIRECTORY, EXAMPLE));
	const webhookId = nodes.find(({ type }) => type === TRIGGER)?.webhookId;
	if (typeof webhookId !== 'string') throw new Problem(`${EXAMPLE} has no webhook of CAKE`);
	const built = join(ROOT, 'dist/nodes/CakePostbackTrigger/urlBlock.js');
	const { URL_BLOCK } = createRequire(import.meta.url)(built) as { URL_BLOCK: string };
	const query = URL_BLOCK.replace('YOUR-SECRET', POSTBACK_SECRET);
	return `http://127.0.0.1:${n8nPort}/webhook/${webhookId}/postback${query}`;
}
