import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../harness/engine/n8n.mts';

const NAMED_TEST = /`(test\/[^`]+\.test\.ts)`: "(.+)"$/;

const readText = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

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
	return file !== '' && existsSync(join(repositoryRoot, file)) && readText(file).includes(title);
}

/** The files of the repository that a document names between backticks and that do not exist. */
export function listMissingFiles(document: string, folders: string[]): string[] {
	const names = [...readText(document).matchAll(/`([\w./]+\.(?:ts|mts|mjs))`/g)];
	const exists = (name: string) =>
		folders.some((folder) => existsSync(join(repositoryRoot, folder, name)));
	return names.map(([, name = '']) => name).filter((name) => !exists(name));
}
