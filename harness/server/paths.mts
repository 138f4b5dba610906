import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The manifest and the lock file of the real n8n; it is installed beside them. */
export const N8N_DIRECTORY = join(ROOT, 'harness/n8n');

/** The script that a Node runs to get n8n. */
export const N8N_BIN = join(N8N_DIRECTORY, 'node_modules/n8n/bin/n8n');

/** What `npm start` keeps between runs. */
export const DATA_DIRECTORY = join(ROOT, '.n8n-data');

/** Workflows to try out, one a file. */
export const EXAMPLES_DIRECTORY = join(ROOT, 'examples');

/** Logs of what these scripts run. Git does not see it. */
export const LOGS_DIRECTORY = join(ROOT, '.tmp');
