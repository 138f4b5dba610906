/** So long after one poll a later one may still be given the memory from before it. */
const WRITING_MS = 30_000;

/** The polls of this process that announced something last, by workflow and node. */
const lastAnnounced = new Map<string, { scope: string; counter: number; at: number }>();

/** Notes that a poll has announced something, and with which counter it remembers that. */
export function noteAnnounced(trigger: string, scope: string, counter: number): void {
	lastAnnounced.set(trigger, { scope, counter, at: Date.now() });
}

/**
 * Whether a poll went by memory from before another poll of this process announced something.
 *
 * With n8n's durable cursors every poll has a copy of the memory, and the polls that n8n missed while
 * it was down are run side by side (poll-trigger-task-handler.js of n8n 2.41): their copies do not tell
 * of each other. After a while the memory is believed again: should n8n have failed to save the newer
 * one, what it had is still to be announced.
 * @param began the counter of the memory that the poll began with
 * @param startedAt when the poll began, epoch ms
 */
export function wasOvertaken(
	trigger: string,
	scope: string,
	began: number | undefined,
	startedAt: number,
): boolean {
	const last = lastAnnounced.get(trigger);
	if (!last || began === undefined || last.scope !== scope) return false;
	if (last.counter <= began) return false;
	return last.at >= startedAt || Date.now() - last.at < WRITING_MS;
}
