/** A day in milliseconds. */
export const DAY_MS = 86_400_000;

/** Whether a text is a real calendar date `YYYY-MM-DD` (the specification's only form of a date). */
export function isCalendarDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const at = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The date `days` days after a date (both `YYYY-MM-DD`). */
export function addDays(date: string, days: number): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

const INSTANT =
	/^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,7})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)$/;

/**
 * The instant (epoch ms) of an ISO 8601 text that has a time and a zone, else undefined. The
 * specification says ISO 8601 and shows `Z`; a time without a zone would be a guess, so it is none.
 */
export function parseInstant(text: string): number | undefined {
	const match = INSTANT.exec(text);
	if (!match || !isCalendarDate(match[1])) return undefined;
	const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
	return Number.isNaN(at) ? undefined : at;
}

/** An instant (epoch ms) as the specification's samples write it: `2024-01-01T14:32:00Z`. */
export function formatInstant(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** The days of one time zone (IANA name). CAKE's zone is unknown, hence an option of the sandbox. */
export class Calendar {
	private readonly format: Intl.DateTimeFormat;
	private readonly starts = new Map<string, number>();

	constructor(timeZone: string) {
		this.format = new Intl.DateTimeFormat('en-US', {
			timeZone,
			hourCycle: 'h23',
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
			second: '2-digit',
		});
	}

	/** The local day (`YYYY-MM-DD`) of an instant (epoch ms). */
	getDay(at: number): string {
		return new Date(this.wallClock(at)).toISOString().slice(0, 10);
	}

	/** The first instant (epoch ms) of a local day (`YYYY-MM-DD`). */
	getStart(day: string): number {
		const known = this.starts.get(day);
		if (known !== undefined) return known;
		const midnight = Date.parse(`${day}T00:00:00Z`);
		// The offset may change on that very day, even at midnight: try the one before and after.
		const candidates = [midnight - DAY_MS, midnight + DAY_MS]
			.map((near) => midnight - (this.wallClock(near) - near))
			.sort((a, b) => a - b);
		const start = candidates.find((at) => this.getDay(at) === day) ?? candidates[1];
		this.starts.set(day, start);
		return start;
	}

	/** What a clock on the wall shows, as if it were UTC (epoch ms, whole seconds). */
	private wallClock(at: number): number {
		const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
		for (const { type, value } of this.format.formatToParts(at)) part[type] = Number(value);
		const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
		return Date.UTC(year, month - 1, day, hour, minute, second);
	}
}
