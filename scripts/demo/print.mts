import { styleText } from 'node:util';

/** Paints texts for a terminal. */
export interface Style {
	bold(text: string): string;
	dim(text: string): string;
	green(text: string): string;
	yellow(text: string): string;
	red(text: string): string;
}

/** Without color, a style leaves texts unchanged. */
export function styleFor(hasColor: boolean): Style {
	const paint = (format: keyof Style) => (text: string) =>
		hasColor ? styleText(format, text, { validateStream: false }) : text;
	return {
		bold: paint('bold'),
		dim: paint('dim'),
		green: paint('green'),
		yellow: paint('yellow'),
		red: paint('red'),
	};
}

export interface Column {
	title: string;
	align?: 'right';
	/** Colors a cell. Takes the padded text, and the text without padding. */
	paint?: (padded: string, text: string) => string;
}

const WIDE =
	/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** A text's width in terminal columns. Chinese, Japanese and Korean letters take two. */
export function getWidth(text: string): number {
	return [...text.normalize()].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
}

/** An aligned table: its titles (if any column has one), then its rows. */
export function table(columns: Column[], rows: string[][], style: Style, indent = 4): string[] {
	const titles = columns.map(({ title }) => title);
	const widths = columns.map((_, i) =>
		Math.max(...[titles, ...rows].map((row) => getWidth(row[i]))),
	);
	const line = (cells: string[], isTitle: boolean) => {
		const padded = cells.map((cell, i) => {
			const { align, paint } = columns[i];
			const space = ' '.repeat(widths[i] - getWidth(cell));
			const text = align === 'right' ? space + cell : cell + space;
			if (isTitle) return style.dim(text);
			return paint ? paint(text, cell) : text;
		});
		return (' '.repeat(indent) + padded.join('  ')).trimEnd();
	};
	const head = titles.some(Boolean) ? [line(titles, true)] : [];
	return [...head, ...rows.map((row) => line(row, false))];
}

/** Breaks a text between words. `width` is the most columns of a line, with its indent. */
export function wrap(text: string, indent: number, width = 96): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		const longer = line ? `${line} ${word}` : word;
		if (line && indent + getWidth(longer) > width) {
			lines.push(line);
			line = word;
		} else {
			line = longer;
		}
	}
	return [...lines, line].map((one) => ' '.repeat(indent) + one);
}

/** `12,345`. */
export function whole(count: number): string {
	return count.toLocaleString('en-US');
}

/** `1 deal`, `12,345 deals`. */
export function counted(count: number, noun: string): string {
	return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12,345.60`. */
export function money(amount: number): string {
	return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `1.4 s`. */
export function seconds(ms: number): string {
	return `${(ms / 1000).toFixed(1)} s`;
}
