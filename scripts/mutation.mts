import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOGS_DIRECTORY, ROOT } from '../harness/server/paths.mts';
import { explain, Problem } from '../harness/server/problem.mts';
import { Random } from '../sandbox/account/random.mts';
import { type Column, styleFor, table } from './demo/print.mts';
import { HELP, readArguments, type MutationArguments } from './mutation/arguments.mts';
import { readEquivalents } from './mutation/equivalents.mts';
import { listMutants, type Mutant } from './mutation/mutants.mts';
import { listTests } from './mutation/tests.mts';
import { Workspace, type TestResult } from './mutation/workspace.mts';

interface Tried {
	mutant: Mutant;
	result: TestResult;
}

const RESULTS_FILE = join(LOGS_DIRECTORY, 'mutation.json');

const COLUMNS: Column[] = [
	{ title: 'file' },
	{ title: 'mutants', align: 'right' },
	{ title: 'killed', align: 'right' },
	{ title: 'score', align: 'right' },
];

const say = (line = '') => void process.stdout.write(`${line}\n`);

function listFiles(wanted: string): string[] {
	return ['nodes', 'credentials']
		.flatMap((folder) =>
			readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
				join(folder, name),
			),
		)
		.filter((file) => file.endsWith('.ts') && file.includes(wanted))
		.sort();
}

/** Draws mutants of each file in proportion to how many it has, at least one. */
function draw({ file, total, seed }: MutationArguments): Mutant[] {
	const random = new Random(seed);
	const isEquivalent = readEquivalents();
	const pools = listFiles(file).map((name) =>
		listMutants(name, readFileSync(join(ROOT, name), 'utf8')).filter((one) => !isEquivalent(one)),
	);
	const count = pools.reduce((sum, pool) => sum + pool.length, 0);
	return pools.flatMap((pool) => {
		const share = Math.max(1, Math.round((total * pool.length) / count));
		const left = [...pool];
		return Array.from({ length: Math.min(share, pool.length) }, () =>
			left.splice(random.int(0, left.length - 1), 1),
		).flat();
	});
}

/** Tests that fail anyway would kill every mutant. Each runs once, though many mutants share it. */
async function checkTests(mutants: Mutant[]): Promise<void> {
	say('Running the tests on the unchanged code first.');
	const perFile = [...new Set(mutants.map(({ file }) => file))].map(listTests);
	const workspace = new Workspace('1');
	for (const kind of ['unit', 'engine'] as const) {
		const paths = [...new Set(perFile.flatMap((tests) => tests[kind]))];
		const result = await workspace.run(paths);
		if (result !== 'survived') throw new Problem(`A ${kind} test fails without any mutant.`);
	}
}

async function run(mutants: Mutant[], workers: number): Promise<Tried[]> {
	const waiting = mutants.values();
	const tried: Tried[] = [];
	const work = async (_: unknown, index: number): Promise<void> => {
		const workspace = new Workspace(String(index + 1));
		for (const mutant of waiting) {
			const { unit, engine } = listTests(mutant.file);
			const result = await workspace.test(mutant, [unit, engine]);
			tried.push({ mutant, result });
			say(`${tried.length}/${mutants.length} ${result}: ${name(mutant)}`);
		}
	};
	await Promise.all(Array.from({ length: workers }).map(work));
	return tried;
}

const name = ({ file, line, what }: Mutant) => `${file}:${line} ${what}`;

/** A table of the files that have survivors, and of all together. */
function report(tried: Tried[]): void {
	const files = [...new Set(tried.map(({ mutant }) => mutant.file))].sort();
	const row = (label: string, of: Tried[]) => {
		const killed = of.filter(({ result }) => result !== 'survived').length;
		return [
			label,
			String(of.length),
			String(killed),
			`${((100 * killed) / of.length).toFixed(0)} %`,
		];
	};
	const rows = files.map((file) =>
		row(
			file,
			tried.filter(({ mutant }) => mutant.file === file),
		),
	);
	say();
	for (const line of table(COLUMNS, [...rows, row('all', tried)], styleFor(false), 0)) say(line);
	say();
	for (const { mutant, result } of tried)
		if (result === 'survived') say(`survived: ${name(mutant)}`);
}

async function main(): Promise<void> {
	const given = readArguments(process.argv.slice(2));
	if (given.help) {
		process.stdout.write(HELP);
		return;
	}
	const mutants = draw(given);
	if (given.list) {
		for (const mutant of mutants) say(name(mutant));
		return;
	}
	await checkTests(mutants);
	const tried = await run(mutants, given.workers);
	writeFileSync(RESULTS_FILE, JSON.stringify(tried, null, '\t'));
	report(tried);
}

main().catch((error: unknown) => {
	say(explain(error));
	process.exitCode = 1;
});
