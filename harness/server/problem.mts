/** A failure that is told in one line, without a stack: the user can do something about it. */
export class Problem extends Error {}

/** What went wrong, in one line; a fault of these scripts themselves comes with its stack. */
export function explain(error: unknown): string {
	if (error instanceof Problem) return error.message;
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
