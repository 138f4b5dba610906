import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { createBundle } from '../../harness/engine/bundle.cjs';
import { LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import type { Mutant } from './mutants.mts';

const COPIED = [
	'credentials',
	'dist',
	'examples',
	'harness',
	'icons',
	'nodes',
	'sandbox',
	'scripts',
	'test/campaigns',
	'test/engine',
	'test/support',
	'test/unit',
	'CHANGELOG.md',
	'LICENSE',
	'README.md',
	'docs/development',
	'gulpfile.js',
	'jest.config.js',
	'package.json',
	'package-lock.json',
	'tsconfig.json',
	'tsconfig.dev.json',
];

/** A mutant that makes a step of tests take longer than this counts as killed. */
const LIMIT_MS = 400_000;

/** Longer than any test takes beside other work. */
const TEST_LIMIT_MS = 120_000;

/** The test file that a workspace runs. n8n's linter would read a .ts. */
const BUNDLE = 'bundle.test.mts';

/** How the tests ended for a mutant. */
export type TestResult = 'killed' | 'timeout' | 'survived';

/** A copy of the repository in which mutants live, so that the repository itself is never changed. */
export class Workspace {
	private readonly directory: string;
	private readonly options: ts.CompilerOptions;

	constructor(name: string) {
		this.directory = join(LOGS_DIRECTORY, `mutation-${name}`);
		rmSync(this.directory, { recursive: true, force: true });
		for (const path of COPIED) {
			cpSync(join(ROOT, path), join(this.directory, path), { recursive: true });
		}
		symlinkSync(join(ROOT, 'node_modules'), join(this.directory, 'node_modules'), 'dir');
		const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
		const { compilerOptions } = config.config as { compilerOptions: unknown };
		this.options = ts.convertCompilerOptionsFromJson(compilerOptions, ROOT).options;
	}

	/** Runs steps of test files against a mutant, in order, until a test fails. */
	async test(mutant: Mutant, steps: string[][]): Promise<TestResult> {
		const original = readFileSync(join(this.directory, mutant.file), 'utf8');
		try {
			this.write(
				mutant.file,
				original.slice(0, mutant.start) + mutant.text + original.slice(mutant.end),
			);
			for (const step of steps) {
				const result = await this.run(step);
				if (result !== 'survived') return result;
			}
			return 'survived';
		} finally {
			this.write(mutant.file, original);
		}
	}

	/** Unit tests import the source, engine tests load the build. */
	private write(file: string, source: string): void {
		const { outputText } = ts.transpileModule(source, {
			compilerOptions: this.options,
			fileName: file,
		});
		writeFileSync(join(this.directory, file), source);
		writeFileSync(join(this.directory, 'dist', file.replace(/\.ts$/, '.js')), outputText);
	}

	/** Runs test files, until a test fails. Without a mutant they should survive. */
	async run(paths: string[]): Promise<TestResult> {
		const cache = join(this.directory, '.jest-cache');
		mkdirSync(cache, { recursive: true });
		writeFileSync(
			join(this.directory, BUNDLE),
			createBundle(paths.map((path) => join(this.directory, path))),
		);
		const args = [
			join(ROOT, 'node_modules/jest/bin/jest.js'),
			...['--testMatch', `**/${BUNDLE}`],
			'--runInBand',
			'--silent',
			'--forceExit',
			...['--testTimeout', String(TEST_LIMIT_MS)],
			...['--env', join(ROOT, 'scripts/mutation/failFastEnvironment.cjs')],
			...['--cacheDirectory', cache],
		];
		const child = spawn(process.execPath, args, {
			cwd: this.directory,
			stdio: 'ignore',
			detached: true,
		});
		return await new Promise((resolve) => {
			let isLate = false;
			const timer = setTimeout(() => {
				isLate = true;
				if (child.pid) process.kill(-child.pid, 'SIGKILL');
			}, LIMIT_MS);
			child.on('close', (code) => {
				clearTimeout(timer);
				if (isLate) resolve('timeout');
				else resolve(code === 0 ? 'survived' : 'killed');
			});
		});
	}
}
