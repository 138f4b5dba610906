import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';

const NAMED_TEST = /`(test\/[^`]+\.test\.ts)`: "(.+)"$/;

export const readText = (path: string) => readFileSync(join(ROOT, path), 'utf8');

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
const DOCUMENT_FOLDERS = ['.', '.ci', '.github', 'docs', 'examples/data', 'test/e2e'];

/** The documents for users and developers, and the workflows of CI. */
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

/** Markdown's links and pictures, and the ones of HTML. Addresses with a scheme are not of the repository. */
const LINK = /(?:\]\(|\b(?:href|src)=")([^):"\s]+)[)"]/g;

/** The links of a document to files or headings of the repository that do not exist. */
export function listBrokenLinks(document: string): string[] {
	const links = [...readText(document).matchAll(LINK)].map(([, link = '']) => link);
	return links.filter((link) => {
		const [path = '', anchor] = link.split('#');
		const target = path ? join(dirname(document), path) : document;
		if (!existsSync(join(ROOT, target))) return true;
		return anchor !== undefined && !listAnchors(target).includes(anchor);
	});
}

/** The anchors that GitHub gives the headings of a document. */
export function listAnchors(document: string): string[] {
	const text = readText(document).replace(/^```[^]*?^```/gm, '');
	const counts = new Map<string, number>();
	return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
		const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
		const anchor = shown
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replaceAll(' ', '-');
		const count = counts.get(anchor) ?? 0;
		counts.set(anchor, count + 1);
		return count === 0 ? anchor : `${anchor}-${count}`;
	});
}

/** The samples of JSON in a document that cannot be parsed, each with the reason. */
export function listBrokenSamples(document: string): string[] {
	return listJsonSamples(document).flatMap((sample) => {
		try {
			JSON.parse(sample);
			return [];
		} catch (error) {
			return [`${String(error)} in ${sample}`];
		}
	});
}

/** The samples of JSON in a document, as text. */
export function listJsonSamples(document: string): string[] {
	return [...readText(document).matchAll(/^```json\n([^]*?)^```/gm)].map(([, text = '']) => text);
}

/** The words of each curl command that a document shows for a recipe's Production URL. */
export function listCurlCommands(document: string): string[][] {
	const commands = [...readText(document).matchAll(/^ *curl PRODUCTION_URL (.*)$/gm)];
	return commands.map(([, rest = '']) => rest.split(' '));
}

/** The part of a document below a heading, up to the next one of any level. */
export function readSection(document: string, heading: string): string | undefined {
	const [, ...sections] = readText(document).split(/^(?=#{1,6} )/gm);
	return sections.find((section) => section.split('\n', 1)[0]?.replace(/^#+ /, '') === heading);
}

export function countLines(document: string): number {
	return readText(document).trimEnd().split('\n').length;
}

/** The anchors of the README to which the nodes and the credential link. */
export function listLinkedAnchors(): string[] {
	const files = readdirSync(join(ROOT, 'nodes'), { encoding: 'utf8', recursive: true })
		.filter((name) => /\.(node\.json|ts)$/.test(name))
		.map((name) => join('nodes', name));
	const texts = [...files, 'credentials/CakeApi.credentials.ts'].map(readText);
	const links = texts.flatMap((text) => [
		...text.matchAll(/github\.com\/n8n-nodes-cake\/n8n-nodes-cake#([\w-]+)/g),
	]);
	// GitHub itself gives a repository's page the anchor `readme`.
	return links.map(([, anchor = '']) => anchor).filter((anchor) => anchor !== 'readme');
}

/** The recipes in the order of their table: the name of the files, and the page's title. */
export function listRecipes(): Array<{ name: string; title: string }> {
	const rows = readText('docs/recipes/README.md').matchAll(/^\| \[[^\]]+\]\(([\w-]+)\.md\)/gm);
	return [...rows].map(([, name = '']) => {
		const [, title = ''] = /^# (.*)/.exec(readText(`docs/recipes/${name}.md`)) ?? [];
		return { name, title };
	});
}
