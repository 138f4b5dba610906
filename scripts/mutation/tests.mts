import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';
import type { TestStep } from './workspace.mts';

const UNIT_LIMIT_MS = 120_000;
const ENGINE_LIMIT_MS = 300_000;

/** The folders of engine tests that exercise a part of nodes/, the most telling ones first. */
const ENGINE_TESTS: Array<[prefix: string, folders: string[]]> = [
	['nodes/CakeConversionsTrigger/', ['trigger']],
	['nodes/CakeConversions/actions/record/', ['record', 'run']],
	['nodes/CakeConversions/actions/get/', ['get', 'run']],
	['nodes/CakeConversions/actions/findBy', ['update', 'get', 'run']],
	['nodes/CakeConversions/actions/query/', ['query', 'run']],
	['nodes/CakeConversions/actions/update/', ['update', 'run']],
	['nodes/cake/paging/', ['query', 'trigger', 'update']],
	['nodes/cake/conversions/findByReference', ['update', 'get']],
	['nodes/cake/conversions/', ['record', 'query', 'update', 'run', 'trigger']],
	['nodes/cake/transport/', ['record', 'run', 'trigger', 'update']],
	['', ['run', 'record', 'update', 'query', 'trigger']],
];

/** The tests of a source file: its own unit tests, those beside them, then engine tests. */
export function listTests(file: string): TestStep[] {
	const module = file.replace(/^nodes\//, '').replace(/\.ts$/, '');
	const unit = [`test/unit/${module}.test.ts`, join('test/unit', module, '..')];
	const [, engine = []] = ENGINE_TESTS.find(([prefix]) => file.startsWith(prefix)) ?? [];
	return [
		...unit.map((path) => ({ paths: [path], limitMs: UNIT_LIMIT_MS })),
		{ paths: ['test/unit/form.test.ts'], limitMs: UNIT_LIMIT_MS },
		...engine.map((name) => ({ paths: [`test/engine/${name}`], limitMs: ENGINE_LIMIT_MS })),
	].filter(({ paths: [path] }) => path !== 'test/unit' && existsSync(join(ROOT, path ?? '')));
}
