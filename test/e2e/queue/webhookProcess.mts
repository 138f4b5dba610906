import { join } from 'node:path';
import getPort from 'get-port';
import { n8nEnvironment } from '../../../harness/server/environment.mts';
import { launchN8n } from '../../../harness/server/instance.mts';
import type { Launched } from '../../../harness/server/processes.mts';
import { untilItSays } from './says.mts';

const START_WITHIN_MS = 180_000;

/** A process of n8n that takes webhook calls, and leaves the executions to workers. */
export interface WebhookProcess {
	/** Origin without a slash at its end. */
	url: string;
	process: Launched;
}

/** Starts a webhook process and waits until it takes calls. */
export async function startWebhookProcess(
	userFolder: string,
	shared: Record<string, string>,
	logs: string,
): Promise<WebhookProcess> {
	const port = await getPort();
	const env = n8nEnvironment({ userFolder, port, brokerPort: await getPort() }, shared);
	const process = launchN8n(['webhook'], env, join(logs, 'webhook.log'));
	const ready = 'Webhook listener waiting for requests';
	await untilItSays('The webhook process', process, ready, START_WITHIN_MS);
	return { url: `http://127.0.0.1:${port}`, process };
}
