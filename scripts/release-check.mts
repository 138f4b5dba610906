import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../harness/server/paths.mts';

/** Files that name the repository to users, or to npm. */
const READ = ['*.json', '*.md', '*.ts', '*.yml'];
const IN_AN_ADDRESS = /github\.com\/([\w.-]+\/n8n-nodes-cake)\b/g;

interface Manifest {
	author: { name: string; email: string };
	repository: { url: string };
}

/**
 * Lists what the owner must set before a release, one line each.
 * @param repository the `owner/name` that publishes; undefined if that is not known here
 */
function findPlaceholders(repository: string | undefined): string[] {
	const { author, repository: source } = JSON.parse(readFile('package.json')) as Manifest;
	const found: string[] = [];
	if (author.name === 'n8n-nodes-cake contributors')
		found.push('package.json: author.name is nobody. npm and n8n show it as the publisher.');
	if (author.email.endsWith('@example.com'))
		found.push('package.json: author.email reaches nobody. n8n writes to it.');
	if (readFile('SECURITY.md').includes('@example.com'))
		found.push('SECURITY.md: the address for reports reaches nobody.');
	const [, named] = /github\.com\/(.+?)(?:\.git)?$/.exec(source.url) ?? [];
	if (repository !== undefined && named !== repository)
		found.push(`package.json: repository is ${named}, and ${repository} publishes.`);
	for (const file of listFiles()) {
		const others = [...readFile(file).matchAll(IN_AN_ADDRESS)].map(([, other]) => other);
		const other = others.find((name) => name !== named);
		if (other) found.push(`${file}: links to ${other}, and package.json names ${named}.`);
	}
	return found;
}

function listFiles(): string[] {
	const listed = execFileSync('git', ['ls-files', ...READ], { cwd: ROOT, encoding: 'utf8' });
	return listed.split('\n').filter((file) => file !== '');
}

function readFile(file: string): string {
	return readFileSync(join(ROOT, file), 'utf8');
}

const found = findPlaceholders(process.env.GITHUB_REPOSITORY);
for (const line of found) process.stdout.write(`- ${line}\n`);
if (found.length > 0) {
	process.stderr.write('\nThe package cannot be released: docs/development/release.md\n');
	process.exitCode = 1;
}
