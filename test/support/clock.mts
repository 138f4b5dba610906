import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageDirectory } from '../../harness/engine/n8n.mts';

interface Luxon {
	Settings: { now: () => number };
}

/** The copy that the package under test loads, so that its clock can be set. */
const { Settings } = createRequire(join(packageDirectory, 'package.json'))('luxon') as Luxon;

/** A clock that stands until it is set: the node's for days (Luxon's), and a sandbox's as its `now`. */
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

	/** Shows the node this clock for the tests of a `describe`. */
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
