import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';

/** One line of the table that `npm run test:campaigns` prints. */
export interface Figures {
	/** Its place in the table, since test files end in any order. */
	place: number;
	campaign: string;
	mustHold: string;
	measured: string;
	/** How long it took. Absent when time is simulated. */
	seconds?: number;
}

/** Holds the name of the file that all workers of one Jest run share. Set before they start. */
const VARIABLE = 'CAKE_CAMPAIGN_FIGURES';

export function beginTable(file: string): void {
	rmSync(file, { force: true });
	process.env[VARIABLE] = file;
}

/** Adds a line to the table of this Jest run. Call it before any assertion, which may fail. */
export function note(figures: Figures): void {
	const file = process.env[VARIABLE];
	if (file) appendFileSync(file, `${JSON.stringify(figures)}\n`);
}

/** Ends the table. Gives the lines of this Jest run in order, or none when no campaign ran. */
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
