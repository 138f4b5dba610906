export const DAY_MS = 86_400_000;

/** Whether a text is an existing date as `YYYY-MM-DD`, the specification's only date format. */
export function isCalendarDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const at = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Takes and gives dates as `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

const INSTANT =
	/^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,7})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)$/;

/**
 * Parses an ISO 8601 text with a time and a zone. Gives epoch ms, or undefined for any other text.
 * The specification says ISO 8601 and shows `Z`. A time without a zone is ambiguous: not accepted.
 */
export function parseInstant(text: string): number | undefined {
	const match = INSTANT.exec(text);
	if (!match || !isCalendarDate(match[1])) return undefined;
	const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
	return Number.isNaN(at) ? undefined : at;
}

/** Formats an instant (epoch ms) like the specification's samples: `2024-01-01T14:32:00Z`. */
export function formatInstant(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** The days of a time zone (IANA name). CAKE's zone is unknown, so it is an option. */
export class Calendar {
	private readonly format: Intl.DateTimeFormat;
	private readonly starts = new Map<string, number>();

	constructor(readonly timeZone: string) {
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
		return new Date(this.getWallClock(at)).toISOString().slice(0, 10);
	}

	/** The first instant (epoch ms) of a local day (`YYYY-MM-DD`). */
	getStart(day: string): number {
		const cached = this.starts.get(day);
		if (cached !== undefined) return cached;
		const midnight = Date.parse(`${day}T00:00:00Z`);
		// Clocks may change on this day, even at midnight. Try the offsets of the days around it.
		const candidates = [midnight - DAY_MS, midnight + DAY_MS]
			.map((near) => midnight - (this.getWallClock(near) - near))
			.sort((a, b) => a - b);
		const start = candidates.find((at) => this.getDay(at) === day) ?? candidates[1];
		this.starts.set(day, start);
		return start;
	}

	/** Local time at an instant, given as the epoch ms of the same time in UTC (whole seconds). */
	private getWallClock(at: number): number {
		const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
		for (const { type, value } of this.format.formatToParts(at)) part[type] = Number(value);
		const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
		return Date.UTC(year, month - 1, day, hour, minute, second);
	}
}
