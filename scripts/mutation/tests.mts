import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';

/** The folders of engine tests that exercise a part of nodes/, the most telling ones first. */
const ENGINE_TESTS: Array<[prefix: string, folders: string[]]> = [
	['nodes/CakeConversionsTrigger/', ['trigger']],
	['nodes/CakeConversions/actions/record/', ['record', 'run']],
	['nodes/CakeConversions/actions/get/', ['get', 'run']],
	['nodes/CakeConversions/actions/findBy', ['update', 'get', 'run']],
	['nodes/CakeConversions/actions/query/', ['query', 'run']],
	['nodes/CakeConversions/actions/reconcile/', ['reconcile', 'run']],
	['nodes/CakeConversions/actions/totals/', ['totals', 'run']],
	['nodes/CakeConversions/actions/update/', ['update', 'limits', 'run']],
	['nodes/CakeConversions/actions/limits', ['limits', 'run']],
	['nodes/CakeConversions/actions/judgeWrites', ['limits', 'run']],
	['nodes/CakeConversions/items/addNames', ['names']],
	['nodes/shared/names', ['names']],
	['nodes/shared/locators', ['names']],
	['nodes/cake/directory/', ['names']],
	['nodes/cake/paging/', ['query', 'trigger', 'update']],
	['nodes/cake/conversions/findByReference', ['update', 'get', 'reconcile']],
	['nodes/cake/conversions/totals', ['totals']],
	['nodes/cake/conversions/', ['record', 'query', 'update', 'run', 'trigger']],
	['nodes/cake/transport/', ['record', 'run', 'trigger', 'update']],
	['', ['run', 'record', 'update', 'query', 'trigger', 'limits', 'names', 'totals', 'get']],
];

/** The tests of a source file. */
interface TestsOfFile {
	/** Its own, those beside them, and those of the forms. */
	unit: string[];
	engine: string[];
}

export function listTests(file: string): TestsOfFile {
	const module = file.replace(/^nodes\//, '').replace(/\.ts$/, '');
	const [, folders = []] = ENGINE_TESTS.find(([prefix]) => file.startsWith(prefix)) ?? [];
	const unit = [
		...findTests(`test/unit/${module}.test.ts`),
		...(module.includes('/') ? findTests(posix.join('test/unit', module, '..')) : []),
		...findTests('test/unit/form.test.ts'),
	];
	const engine = folders.flatMap((name) => findTests(`test/engine/${name}`));
	return { unit: [...new Set(unit)], engine };
}

/** The test files at a path: itself, or all in its folder. */
function findTests(path: string): string[] {
	if (!existsSync(join(ROOT, path))) return [];
	if (path.endsWith('.ts')) return [path];
	return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.test.ts'))
		.sort()
		.map((name) => posix.join(path, name));
}
