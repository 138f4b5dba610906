import { POSTBACK_TRIGGER, toPostbackUrl } from '../../harness/server/postbacks.mts';
import { exampleFiles, readWorkflow } from '../../harness/server/workflows.mts';

/** Between two programs on this machine. A real one has to be secret. */
export const POSTBACK_SECRET = 'sandbox-secret-0123456789';

/**
 * The URLs that the sandbox calls for each recorded conversion: those of the examples, as a user would
 * paste them into CAKE. Until an example is published, nobody is there. The package must be built.
 */
export async function readPostbackUrls(n8nPort: number): Promise<string[]> {
	const examples = await Promise.all((await exampleFiles()).map(readWorkflow));
	return examples
		.filter(({ nodes }) => nodes.some(({ type }) => type === POSTBACK_TRIGGER))
		.map((example) => toPostbackUrl(`http://127.0.0.1:${n8nPort}`, example, POSTBACK_SECRET));
}
