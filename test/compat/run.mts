import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignal } from '../../harness/server/ending.mts';
import { packPackage, type PackedPackage } from '../../harness/server/package.mts';
import { explain } from '../../harness/server/problem.mts';
import { runEngineTests, type Tally } from './jest.mts';
import { findPairs, installPair, type Pair } from './pairs.mts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function testPair(pair: Pair, packed: PackedPackage): Promise<Tally> {
	const started = Date.now();
	await installPair(pair, packed);
	const tally = await runEngineTests(pair.name, pair.directory);
	const seconds = Math.round((Date.now() - started) / 1000);
	const { versions } = pair;
	const engine = `n8n-core ${versions['n8n-core']}, n8n-workflow ${versions['n8n-workflow']}`;
	say(`n8n ${pair.n8n} (${engine}): ${tally.passed} passed, ${tally.failed} failed, ${seconds} s`);
	for (const failure of tally.failures) say(`    ${failure}`);
	if (tally.failed > 0) say(`    (all of it: ${tally.logFile})`);
	return tally;
}

/** Runs the engine tests on every pair, one after the other. `-- 2.0` takes pairs named like it. */
async function main(wanted?: string): Promise<void> {
	endOnSignal(say);
	const pairs = await findPairs(wanted);
	const directory = await mkdtemp(join(tmpdir(), 'n8n-nodes-cake-compat-'));
	let [passed, failed] = [0, 0];
	try {
		const packed = await packPackage(directory);
		for (const pair of pairs) {
			try {
				const tally = await testPair(pair, packed);
				passed += tally.passed;
				failed += tally.failed;
			} catch (error) {
				failed++;
				say(`n8n ${pair.n8n}: ${explain(error)}`);
			}
		}
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
	say(`\n${passed} passed, ${failed} failed`);
	process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

main(process.argv[2]).catch((error: unknown) => {
	say(`test:compat: ${explain(error)}`);
	process.exitCode = 1;
});
