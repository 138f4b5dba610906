/** The content of a file that a test uploads. */
export type Content = string | Uint8Array<ArrayBuffer>;

/**
 * Makes files that a person might upload by mistake, each with the reason that the last page gives.
 * @param wrong the header of another list, with two columns
 * @param right the header of the list that is wanted, with two columns
 */
export function makeWrongFiles(
	wrong: string,
	right: string,
): Array<[content: Content, says: RegExp]> {
	const [first, second] = wrong.split(',');
	return [
		[`${wrong}\n1,2\n`, new RegExp(`has the columns ${first}, ${second}\\.`)],
		[`${wrong}\n`, /has no lines below its header/],
		[`${right}\n1,"never closed\n`, /Check the double quotes in line 2/],
		[`${right}\n1,an "inner" quote\n`, /Check the double quotes in line 2/],
		[
			`${right.replace(',', ';')}\n1;2;3\n`,
			/Line 2 has 3 cells, and the header has 2\..* contains a semicolon/,
		],
		[encode(`${right}\n1,Auftrag-Ü\n`, 'latin1'), /letters of this file cannot be read.*CSV UTF-8/],
		[encode('PK\u0003\u0004and so on', 'latin1'), /is an Excel workbook.*CSV UTF-8/],
	];
}

/** Writes the same table as spreadsheets and exports in several countries do. */
export function makeFiles(table: string[][]): Array<[what: string, content: Content]> {
	const commas = write(table, ',');
	const semicolons = write(table, ';', '\r\n');
	const tabs = write(table, '\t', '\r\n');
	const quoted = table.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';'));
	return [
		['commas', commas],
		['semicolons, a byte order mark and CRLF', `\ufeff${semicolons}`],
		['semicolons, and each cell in quotes', quoted.join('\n')],
		['semicolons, and a line that names them', `sep=;\r\n${semicolons}`],
		['tabs', tabs],
		['tabs in UTF-16', encode(`\ufeff${tabs}`, 'utf16le')],
	];
}

function write(table: string[][], separator: string, end = '\n'): string {
	const quote = (cell: string) =>
		cell.includes(separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
	return table.map((row) => row.map(quote).join(separator) + end).join('');
}

function encode(text: string, encoding: BufferEncoding): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(Buffer.from(text, encoding));
}
