import type { Measure } from './figures.mts';
import type { AccountOptions, BenchSandbox } from './sandbox.mts';
import type { Step } from './workflows.mts';

/** One way to do a job. */
export interface Side {
	/** Short, for file names and the command line. */
	key: string;
	title: string;
	/** The bench in which it runs; both if absent. The engine alone has no HTTP Request node. */
	only?: 'engine' | 'n8n';
	/** The nodes between the input nodes and the result node, which counts the items. */
	steps(sandbox: BenchSandbox): Step[];
}

/** Work that several sides do, one after another. The first side is this package's. */
export interface Job extends AccountOptions {
	key: string;
	title: string;
	sides: Side[];
	/** How many items each side must output. */
	items: number;
	/** Nodes before the side's own. They make the items. */
	input(sandbox: BenchSandbox): Step[] | Promise<Step[]>;
	/** Whether to measure the memory of the output items. For queries: their items are the rows. */
	weighs: boolean;
	/** The time of all requests, if nothing but the server took any. */
	waitingMs?: number;
	goals: Goal[];
}

/** A figure of this package's, and its limit. Without a limit it is only stated. */
export interface Goal {
	measure: Measure;
	/**
	 * The key of the side by whose figure it is divided; `waiting` for the time of the requests alone.
	 * If absent, the goal is about the figure itself.
	 */
	against?: string;
	atMost?: number;
}
