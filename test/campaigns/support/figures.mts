import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';

/** One line of the table that `npm run test:campaigns` prints. */
export interface Figures {
	/** Its place in the table: test files end in any order. */
	place: number;
	campaign: string;
	mustHold: string;
	measured: string;
	/** How long it took; left out where time is simulated. */
	seconds?: number;
}

/** Names the file that the workers of one Jest run share; set before they are started. */
const VARIABLE = 'CAKE_CAMPAIGN_FIGURES';

/** Begins a table in a file. */
export function beginTable(file: string): void {
	rmSync(file, { force: true });
	process.env[VARIABLE] = file;
}

/** Adds a line to the table of this Jest run. To be called before anything is asserted. */
export function note(figures: Figures): void {
	const file = process.env[VARIABLE];
	if (file) appendFileSync(file, `${JSON.stringify(figures)}\n`);
}

/** The lines noted in this Jest run, in order; none when no campaign was run. */
export function endTable(): Figures[] {
	const file = process.env[VARIABLE];
	if (!file || !existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8').trim().split('\n');
	rmSync(file);
	return lines
		.map((line) => JSON.parse(line) as Figures)
		.sort((left, right) => left.place - right.place);
}

/** 10,000 for 10000. */
export const inWords = (count: number) => count.toLocaleString('en-US');

/** 3.4 % for 0.034. */
export const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
