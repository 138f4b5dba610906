import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';

/**
 * Node's own report, and the tally as last line. A part is no check: it only counts when it fails
 * outside of its checks. A run without a passed check fails.
 */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	let [passed, failed] = [0, 0];
	async function* count() {
		for await (const event of events) {
			if (event.type === 'test:pass' && event.data.nesting > 0) passed++;
			if (event.type === 'test:fail') {
				const { error } = event.data.details;
				if (!('failureType' in error && error.failureType === 'subtestsFailed')) failed++;
			}
			yield event;
		}
	}
	yield* Readable.from(count()).pipe(new spec());
	if (passed === 0) process.exitCode = 1;
	yield `\n${passed} passed, ${failed} failed\n`;
}
