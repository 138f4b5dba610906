import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Holds the manifest and the lock file of the real n8n. n8n is installed beside them. */
export const N8N_DIRECTORY = join(ROOT, 'harness/n8n');

/** The script that starts n8n. */
export const N8N_BIN = join(N8N_DIRECTORY, 'node_modules/n8n/bin/n8n');

/** The data that `npm start` keeps between runs. */
export const DATA_DIRECTORY = join(ROOT, '.n8n-data');

/** The sandbox's account, which `npm start` keeps between runs, too. */
export const ACCOUNT_FILE = join(DATA_DIRECTORY, 'sandbox-account.json');

/** Example workflows, one in each file. */
export const EXAMPLES_DIRECTORY = join(ROOT, 'examples');

/** Logs of the programs that these scripts start. Git ignores it. */
export const LOGS_DIRECTORY = join(ROOT, '.tmp');
