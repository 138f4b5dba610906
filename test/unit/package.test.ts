import {
	builtFiles,
	isBuiltin,
	leavesFolder,
	loadTimeRatio,
	manifest,
	packed,
	requiredBy,
} from '../support/package.mts';

/**
 * What n8n provides to an installed community package (it resolves from n8n's own modules), and the
 * one module of Node's that its rules allow (`no-restricted-imports`).
 */
const PROVIDED = ['n8n-workflow', 'luxon', 'node:crypto'];

describe('the published package', () => {
	it('holds dist, README, LICENSE, CHANGELOG and package.json, and nothing else', () => {
		const { files } = packed();
		const outside = files.filter((file) => !file.startsWith('dist/'));
		expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
		const kinds = new Set(files.map((file) => file.split('.').pop()));
		expect([...kinds].sort()).toEqual(['LICENSE', 'js', 'json', 'md', 'svg']);
		expect(files).toContain('dist/nodes/CakeConversions/CakeConversions.node.json');
		expect(files).toContain('dist/icons/cake.svg');
		expect(files).toContain('dist/icons/cake.dark.svg');
	});

	it('is smaller than 70 kB', () => {
		expect(packed().size).toBeLessThan(70_000);
	});

	it('has no runtime dependencies and holds every file it registers', () => {
		const { dependencies, n8n } = manifest();
		expect(dependencies ?? {}).toEqual({});
		expect(n8n.strict).toBe(true);
		expect(packed().files).toEqual(expect.arrayContaining([...n8n.nodes, ...n8n.credentials]));
	});

	it('asks for nothing at run time but n8n’s own modules and its own files', () => {
		const files = builtFiles();
		expect(files.length).toBeGreaterThan(10);
		const foreign = files.flatMap((file) =>
			requiredBy(file)
				.filter((module) => !module.startsWith('.') && !PROVIDED.includes(module))
				.map((module) => `${file} asks for ${module}${isBuiltin(module) ? ' (Node)' : ''}`),
		);
		expect(foreign).toEqual([]);
	});

	it('keeps CAKE’s API apart: nodes/cake knows no node and no user interface', () => {
		const reachingUp = builtFiles()
			.filter((file) => file.startsWith('dist/nodes/cake/'))
			.filter((file) =>
				requiredBy(file).some((module) => leavesFolder('dist/nodes/cake/', file, module)),
			);
		expect(reachingUp).toEqual([]);
	});

	it('loads in less than a fifth of the time of the n8n modules that it uses', () => {
		expect(Math.min(loadTimeRatio(), loadTimeRatio())).toBeLessThan(0.2);
	});
});
