import { afterEach, test, type TestContext } from 'node:test';
import { endOnSignal } from '../../../harness/server/ending.mts';
import { stopAll } from '../../../harness/server/processes.mts';

const isEnding = endOnSignal((line) => void process.stdout.write(`${line}\n`));

// After Ctrl-C the servers are gone. A check that fails then is no finding: it never ends, unreported.
afterEach(async () => {
	if (isEnding()) await new Promise(() => undefined);
});

/** Tests one part, such as the headless one. Each subtest of its context is a check. */
export function testPart(name: string, run: (t: TestContext) => Promise<void>): void {
	void test(name, async (t) => {
		await run(t).finally(stopAll);
	});
}
