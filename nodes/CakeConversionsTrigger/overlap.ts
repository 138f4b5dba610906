/** So long after one poll a later one may still be given the memory from before it. */
const WRITING_MS = 30_000;

/** The memory that polls of this process wrote last, by workflow and node. */
const lastWritten = new Map<string, { scope: string; counter: number; at: number }>();

/** Notes that a poll has announced what it found, and with which counter it remembered that. */
export function noteWritten(trigger: string, scope: string, counter: number): void {
	lastWritten.set(trigger, { scope, counter, at: Date.now() });
}

/**
 * Whether a poll went by memory that another poll of this process has replaced meanwhile.
 *
 * With n8n's durable cursors every poll has a copy of the memory, and the polls that n8n missed while
 * it was down are run side by side (poll-trigger-task-handler.js of n8n 2.41): their copies do not tell
 * of each other. After a while the memory is believed again: should n8n have failed to save the newer
 * one, what it had is still to be announced.
 * @param began the counter of the memory that the poll began with
 */
export function wasOvertaken(trigger: string, scope: string, began: number | undefined): boolean {
	const last = lastWritten.get(trigger);
	if (!last || began === undefined || last.scope !== scope) return false;
	return last.counter > began && Date.now() - last.at < WRITING_MS;
}
