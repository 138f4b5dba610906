import type { LogEntry, Sandbox } from '../../sandbox/server.mts';
import type { IDataObject } from 'n8n-workflow';
import { type Column, counted, money, seconds, type Style, table, whole, wrap } from './print.mts';
import { getAmount, getSum, totalsByStatus } from './totals.mts';
import { NOTE, type Outcome } from './workflow.mts';

/** How many recorded deals the report lists. */
const MAX_DEALS = 6;

/** Whether a request reads a page of the 30 days, not a single conversion of an offer. */
export function isPage({ endpoint, parameters }: LogEntry): boolean {
	return endpoint === 'query' && parameters.offer_id === undefined;
}

/** The lines of the demo's report. */
export function reportLines(outcome: Outcome, { counters, log }: Sandbox, style: Style): string[] {
	const pages = log.filter(isPage).length;
	return [
		...recordedLines(outcome, style),
		'',
		...alreadyRecordedLines(outcome, style),
		'',
		...refusedLines(outcome, style),
		'',
		...totalsLines(outcome.rows, style, `, read in ${counted(pages, 'page')}`),
		'',
		...rejectedLines(outcome, style),
		'',
		requestsLine(counters, style),
	];
}

function recordedLines({ recorded, deals }: Outcome, style: Style): string[] {
	const shown = recorded
		.slice(0, MAX_DEALS)
		.map(({ deal, row }) => [
			deal.dealId,
			deal.company,
			deal.orderNumber,
			money(getAmount(row.payout)),
			String(row.conversion_status),
			String(row.conversion_id),
		]);
	const columns: Column[] = [
		{ title: 'Deal' },
		{ title: 'Company' },
		{ title: 'Order' },
		{ title: 'Payout', align: 'right' },
		{ title: 'Status', paint: (padded, status) => paintStatus(padded, status, style) },
		{ title: 'Conversion' },
	];
	const { payout, revenue } = getSum(totalsByStatus(recorded.map(({ row }) => row)));
	return [
		heading('✓', style.green, `Recorded ${recorded.length} of ${deals.length} won deals`, style),
		...table(columns, shown, style),
		style.dim(
			`    … and ${recorded.length - shown.length} more. All ${recorded.length}: payout ${money(payout)}, revenue ${money(revenue)}`,
		),
	];
}

function alreadyRecordedLines({ alreadyRecorded }: Outcome, style: Style): string[] {
	const text = `Already recorded ${alreadyRecorded.length}: delivered twice, recorded and paid once`;
	return [
		heading('=', style.yellow, text, style),
		...alreadyRecorded.map(({ dealId, company }) => `    ${dealId}  ${company}`),
	];
}

function refusedLines({ refused }: Outcome, style: Style): string[] {
	return [
		heading('✗', style.red, `Refused ${refused.length}, nothing recorded for these`, style),
		...refused.flatMap(({ deal, message, reason }) => [
			`    ${deal.dealId}  ${deal.company}`,
			`            ${style.red(message)}`,
			...wrap(reason, 12).map(style.dim),
		]),
	];
}

/** Totals by status. `rows` are the conversions of the last 30 days. */
export function totalsLines(rows: IDataObject[], style: Style, how = ''): string[] {
	const totals = totalsByStatus(rows);
	const cells = [...totals, getSum(totals)].map(({ status, count, payout, revenue }) => [
		status,
		whole(count),
		money(payout),
		money(revenue),
	]);
	const columns: Column[] = [
		{ title: 'Status', paint: (padded, status) => paintStatus(padded, status, style) },
		{ title: 'Conversions', align: 'right' },
		{ title: 'Payout', align: 'right' },
		{ title: 'Revenue', align: 'right' },
	];
	const lines = table(columns, cells, style);
	const last = lines.pop() ?? '';
	const title = `Last 30 days: ${counted(rows.length, 'conversion')}${how}`;
	return [heading('Σ', style.bold, title, style), ...lines, style.bold(last)];
}

function rejectedLines({ rejected: { before, after } }: Outcome, style: Style): string[] {
	const title = `Rejected 1: the second conversion of order ${String(before.order_id)}`;
	const status = (row: IDataObject) =>
		paintStatus(String(row.conversion_status), String(row.conversion_status), style);
	return [
		heading('✓', style.green, title, style),
		`    Conversion ${String(after.conversion_id)}  ${status(before)} → ${status(after)}  “${NOTE}”`,
	];
}

function requestsLine(counters: Sandbox['counters'], style: Style): string {
	const { record, query, update } = counters.byEndpoint;
	return style.dim(
		`${counted(counters.requests, 'request')} (${record} record, ${query} query, ${update} update), ` +
			`${counters.refusedParameters.length || 'no'} unknown parameters`,
	);
}

/** The report's last lines. Only for an outcome that matches the account. */
export function closingLines(workflowMs: number, totalMs: number, style: Style): string[] {
	return [
		style.green(
			'✓ Checked against the account: each recorded deal is there once, every row was read,',
		),
		style.green('  and the rejection is stored with its note'),
		`Took ${seconds(totalMs)}, the workflow ${seconds(workflowMs)}`,
	];
}

function heading(sign: string, paint: Style['bold'], text: string, style: Style): string {
	return `${paint(sign)} ${style.bold(text)}`;
}

function paintStatus(text: string, status: string, style: Style): string {
	const paints: Record<string, Style['bold']> = {
		approved: style.green,
		pending: style.yellow,
		rejected: style.red,
	};
	return paints[status]?.(text) ?? text;
}
