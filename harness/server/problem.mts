/** A failure that the user can fix. It is printed as one line, without a stack. */
export class Problem extends Error {}

/** Explains an error: a Problem in one line, any other error with its stack. */
export function explain(error: unknown): string {
	if (error instanceof Problem) return error.message;
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
