import {
	listBuiltFiles,
	isBuiltin,
	isOutside,
	readManifest,
	readPack,
	listRequired,
} from '../support/package.mts';

/**
 * n8n provides the first two to an installed community package: they resolve from n8n's own modules.
 * `node:crypto` is the one module of Node that n8n's rules allow (`no-restricted-imports`).
 */
const PROVIDED = ['n8n-workflow', 'luxon', 'node:crypto'];

describe('the published package', () => {
	let pack: ReturnType<typeof readPack>;
	beforeAll(() => {
		pack = readPack();
	});

	it('holds dist, README, LICENSE, CHANGELOG and package.json, and nothing else', () => {
		const { files } = pack;
		const outside = files.filter((file) => !file.startsWith('dist/'));
		expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
		const kinds = new Set(files.map((file) => file.split('.').pop()));
		expect([...kinds].sort()).toEqual(['LICENSE', 'js', 'json', 'md', 'svg']);
		expect(files).toContain('dist/nodes/CakeConversions/CakeConversions.node.json');
		expect(files).toContain('dist/nodes/CakePostbackTrigger/CakePostbackTrigger.node.json');
		expect(files).toContain('dist/icons/cake.svg');
		expect(files).toContain('dist/icons/cake.dark.svg');
	});

	it('is smaller than 120 kB', () => {
		expect(pack.size).toBeLessThan(120_000);
	});

	it('has no runtime dependencies and holds every file it registers', () => {
		const { dependencies, n8n } = readManifest();
		expect(dependencies ?? {}).toEqual({});
		expect(n8n.strict).toBe(true);
		expect(pack.files).toEqual(expect.arrayContaining([...n8n.nodes, ...n8n.credentials]));
	});

	it('requires nothing at run time but n8n’s modules, its own files and node:crypto', () => {
		const files = listBuiltFiles();
		expect(files.length).toBeGreaterThan(10);
		const foreign = files.flatMap((file) =>
			listRequired(file)
				.filter((module) => !module.startsWith('.') && !PROVIDED.includes(module))
				.map((module) => `${file} asks for ${module}${isBuiltin(module) ? ' (Node)' : ''}`),
		);
		expect(foreign).toEqual([]);
	});

	it('requires nothing outside nodes/cake from within it', () => {
		const reachingUp = listBuiltFiles()
			.filter((file) => file.startsWith('dist/nodes/cake/'))
			.filter((file) =>
				listRequired(file).some((module) => isOutside('dist/nodes/cake/', file, module)),
			);
		expect(reachingUp).toEqual([]);
	});
});
