import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRun } from '../../../harness/engine/engine.mts';

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

type Announcement = Pick<Figures, 'place' | 'campaign' | 'mustHold'>;
type Measurement = Pick<Figures, 'measured' | 'seconds'>;

/** A campaign that takes longer did not finish. Far more than any needs on a busy machine. */
const CAMPAIGN_LIMIT_MS = 20 * 60_000;

/** Jest's own limit for the test of a campaign. It must not come first. */
export const LIMIT_MS = CAMPAIGN_LIMIT_MS + 60_000;

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

/**
 * Runs a campaign and adds its figures to the table. One that throws, ends its workflow with an error
 * or takes too long has no figures. The table says that it did not finish.
 */
export async function runCampaign<T extends { run?: NodeRun; seconds: number }>(
	announcement: Announcement,
	work: () => Promise<T>,
	measure: (result: T) => string,
	limitMs = CAMPAIGN_LIMIT_MS,
): Promise<T> {
	const end = (measurement: Measurement) => note({ ...announcement, ...measurement });
	// Stays in the table if the process of the test dies.
	end({ measured: 'did not finish' });
	const deadline = new AbortController();
	try {
		const result = await Promise.race([work(), rejectAfter(limitMs, deadline.signal)]);
		const { error, status } = result.run ?? {};
		if (error && status !== 'canceled') throw error;
		end({ measured: measure(result), seconds: result.seconds });
		return result;
	} catch (error) {
		end({ measured: `did not finish: ${error instanceof Error ? error.message : String(error)}` });
		throw error;
	} finally {
		deadline.abort();
	}
}

async function rejectAfter(ms: number, signal: AbortSignal): Promise<never> {
	await sleep(ms, undefined, { signal });
	throw new Error(`it took longer than ${ms / 1000} s`);
}

/** Ends the table. Gives one line for each campaign of this Jest run, in order. */
export function endTable(): Figures[] {
	const file = process.env[VARIABLE];
	if (!file || !existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8').trim().split('\n');
	rmSync(file);
	// The last line of a campaign counts.
	const campaigns = new Map<string, Figures>();
	for (const figures of lines.map((line) => JSON.parse(line) as Figures)) {
		campaigns.set(`${figures.place} ${figures.campaign}`, figures);
	}
	return [...campaigns.values()].sort((left, right) => left.place - right.place);
}

/** 10,000 for 10000. */
export const inWords = (count: number) => count.toLocaleString('en-US');

/** 3.4 % for 0.034. */
export const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
