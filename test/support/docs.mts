import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';

const NAMED_TEST = /`(test\/[^`]+\.test\.ts)`: "(.+)"$/;

const readText = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The lines of guarantees.md, each with the test it names. */
export function listGuarantees(): Array<{ line: string; file: string; title: string }> {
	return readText('docs/development/guarantees.md')
		.split('\n')
		.filter((line) => line.startsWith('- '))
		.map((line) => {
			const [, file = '', title = ''] = NAMED_TEST.exec(line) ?? [];
			return { line, file, title };
		});
}

/** Whether a test file has a test with this title. */
export function hasTest(file: string, title: string): boolean {
	return file !== '' && existsSync(join(ROOT, file)) && readText(file).includes(title);
}

/** The files of the repository that a document names between backticks and that do not exist. */
export function listMissingFiles(document: string, folders: string[]): string[] {
	const names = [...readText(document).matchAll(/`([\w./]+\.(?:ts|mts|mjs))`/g)];
	const exists = (name: string) => folders.some((folder) => existsSync(join(ROOT, folder, name)));
	return names.map(([, name = '']) => name).filter((name) => !exists(name));
}

/** Where people, CI and GitHub are told what to run. */
const DOCUMENT_FOLDERS = ['.', '.ci', '.github', 'docs', 'test/e2e'];

/** The documents for developers, and the workflows of CI. */
export function listDocuments(): string[] {
	return DOCUMENT_FOLDERS.flatMap((folder) =>
		readdirSync(join(ROOT, folder), {
			encoding: 'utf8',
			recursive: folder === 'docs' || folder === '.github',
		}).map((name) => join(folder, name)),
	).filter((path) => path === '.ci/run' || /\.(md|yml)$/.test(path));
}

/** The npm scripts that a document names and that package.json does not have. */
export function listMissingScripts(document: string): string[] {
	const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
	const names = [...readText(document).matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)];
	return names.map(([, script, short]) => script ?? short).filter((name) => !(name in scripts));
}

/** The links of a document to files of the repository that do not exist. */
export function listBrokenLinks(document: string): string[] {
	const targets = [...readText(document).matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)/g)];
	return targets
		.map(([, target = '']) => target)
		.filter((target) => !existsSync(join(ROOT, dirname(document), target)));
}
