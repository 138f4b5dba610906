import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageDirectory } from '../../harness/engine/n8n.mts';

interface Luxon {
	Settings: { now: () => number };
}

/** The copy of Luxon that the package under test loads. The node reads days from its clock. */
const { Settings } = createRequire(join(packageDirectory, 'package.json'))('luxon') as Luxon;

/** A clock that stands still until it is set. `use` gives it to the node, `now` to a sandbox. */
export class Clock {
	private at: number;

	/** @param start ISO 8601 with a zone */
	constructor(start: string) {
		this.at = Date.parse(start);
	}

	readonly now = (): Date => new Date(this.at);

	/** @param moment ISO 8601 with a zone, or epoch ms */
	set(moment: string | number): void {
		this.at = typeof moment === 'string' ? Date.parse(moment) : moment;
	}

	pass(ms: number): void {
		this.at += ms;
	}

	/** Gives the node this clock during the tests of a `describe`. */
	use(): this {
		beforeAll(() => {
			Settings.now = () => this.at;
		});
		afterAll(() => {
			Settings.now = () => Date.now();
		});
		return this;
	}
}
