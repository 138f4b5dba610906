import { basename } from 'node:path';
import { FORM_LOGIN } from '../../harness/server/credentials.mts';
import { OWNER } from '../../harness/server/owner.mts';
import type { PackedPackage } from '../../harness/server/package.mts';
import type { Sandbox } from '../../sandbox/server.mts';
import { POSTBACK_SECRET } from './postback.mts';
import type { Prepared } from './prepare.mts';

/** One line, or several. */
type Step = string | string[];

type Introduced = Pick<Prepared, 'sandbox' | 'examples'> & { instance: { url: string } };

/** Introduces n8n and the sandbox, and says what to try. */
export function introduce({ instance, sandbox, examples }: Introduced): string {
	const name = (file: string) => `"${examples.get(file) ?? file}"`;
	return joinLines([
		`n8n is at ${instance.url}/home/workflows`,
		`  Email     ${OWNER.email}`,
		`  Password  ${OWNER.password}`,
		`  Forms     User ${FORM_LOGIN.user}, password ${FORM_LOGIN.password}`,
		`  Postbacks Secret ${POSTBACK_SECRET}`,
		'',
		...describeSandbox(sandbox),
		'For each conversion that is recorded it calls the published workflows that begin with a CAKE Postback Trigger.',
		'',
		...number('Now try', [
			'Open the address of n8n, and sign in with this email and password.',
			[
				`Open ${name('crm-deal-won.json')} and click Execute workflow: a sale is recorded.`,
				'Click it again, double-click "Record in CAKE" and choose JSON: already_recorded is true.',
			],
			[
				`Open ${name('chargeback-file.json')} and click Execute workflow: a page shows what it would`,
				`reject. (If it shows an error with "resumeToken", reload that error.) Press its button,`,
				`and load ${sandbox.url}: these conversions are rejected.`,
			],
			[
				`Open ${name('monday-report.json')}, click Execute workflow and double-click "Write the mail":`,
				'it shows last week.',
			],
			[
				`Publish ${name('new-conversions-to-table.json')}. Record a conversion on the sandbox's page,`,
				`${sandbox.url}. Within five minutes it is a row of a table under Data tables.`,
			],
			'Read what each workflow does, and how to use it with your own data: docs/recipes/README.md',
		]),
		'',
		'Workflows and conversions stay. npm start -- --reset forgets both. Ctrl-C ends n8n and the sandbox.',
	]);
}

/** Introduces a sandbox without an n8n, and says how another n8n gets the package. */
export function introduceSandbox(
	sandbox: Sandbox,
	{ tarball }: PackedPackage,
	postbackUrls: string[],
): string {
	return joinLines([
		...describeSandbox(sandbox),
		`  Base URL  ${sandbox.url}`,
		`  API Key   ${sandbox.apiKey}`,
		'',
		...number('Now try, in your own n8n on this machine', [
			[
				'Install the package, unless you have done it, and restart n8n:',
				'  mkdir -p ~/.n8n/nodes && cd ~/.n8n/nodes',
				`  cp "${tarball}" ~/.n8n/`,
				`  npm i --legacy-peer-deps ../${basename(tarball)}`,
				'n8n in Docker: README.md, "Install". It needs --network host to reach the sandbox.',
			],
			'Under Credentials create one of the type CAKE API, with this Base URL and API Key.',
			[
				'In a new workflow choose Import > From file in its menu: examples/crm-deal-won.json.',
				'Choose the credential in "Record in CAKE" and click Execute workflow: a sale is recorded.',
			],
			`Open ${sandbox.url} in a browser: the conversion is the first one in the list.`,
			'Read what the other recipes do: docs/recipes/README.md',
		]),
		'',
		'The conversions stay. npm start -- --sandbox-only --reset forgets them. Ctrl-C ends the sandbox.',
		...describePostbacks(postbackUrls),
	]);
}

function describePostbacks(urls: string[]): string[] {
	if (urls.length > 0) {
		return ['For each conversion that is recorded it calls what you gave with --postback.'];
	}
	return [
		"To try a CAKE Postback Trigger, start with: npm start -- --sandbox-only --postback 'URL'",
		'The URL is the Production URL, followed by the text that the node shows, with your secret.',
	];
}

function describeSandbox({ url, account }: Sandbox): string[] {
	return [
		`The sandbox, which stands in for CAKE, is at ${url}. It has ${account.conversions.size} conversions.`,
		'Open this address in a browser to see and change them. Only this machine can reach it.',
	];
}

function number(title: string, steps: Step[]): string[] {
	const lines = steps.flatMap((step, i) =>
		[step].flat().map((line, j) => `${j === 0 ? `  ${i + 1}. ` : '     '}${line}`),
	);
	return [title, ...lines];
}

const joinLines = (lines: string[]) => ['', ...lines, ''].join('\n');
