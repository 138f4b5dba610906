import { getN8nNode, withNodeFirst } from './node24.mts';

/** Settings of the user's own n8n. They must not reach an n8n that is started here. */
const FOREIGN_SETTINGS = /^(N8N_|DB_|QUEUE_|EXECUTIONS_|WEBHOOK_|GENERIC_TIMEZONE$|npm_|INIT_CWD$)/;

/** Without these n8n calls home and asks the user questions that have no use here. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry',
};

export interface Place {
	userFolder: string;
	port: number;
	brokerPort: number;
}

/** Builds the environment of an n8n: this process's own, then n8n's settings, then `extra`. */
export function n8nEnvironment(
	{ userFolder, port, brokerPort }: Place,
	extra: Record<string, string> = {},
): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(([name]) => !FOREIGN_SETTINGS.test(name));
	const url = `http://127.0.0.1:${port}/`;
	const env = {
		...Object.fromEntries(own),
		...QUIET,
		N8N_USER_FOLDER: userFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_EDITOR_BASE_URL: url,
		N8N_WEBHOOK_URL: url,
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// Loopback has only plain http, and there a browser may drop a secure cookie.
		N8N_SECURE_COOKIE: 'false',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		// Requests to the sandbox bypass a proxy.
		NO_PROXY: [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
		GENERIC_TIMEZONE: 'UTC',
		...extra,
	};
	return withNodeFirst(env, getN8nNode());
}
