import type { IDataObject } from 'n8n-workflow';

/** What a user fills in for one list. */
export interface ListCase {
	by: 'orderId' | 'clickId' | 'conversionId';
	hasDecision: boolean;
	hasAmount: boolean;
	compareWith: 'payout' | 'revenue';
	changeBack: boolean;
	includeMissing: boolean;
	lines: IDataObject[];
	conversions: IDataObject[];
}

/** An output item, without words. */
export type Expected = [result: string, conversionId: unknown, newStatus: string | null];

const MEMBERS = { orderId: 'order_id', clickId: 'click_id', conversionId: 'conversion_id' };
const STATUSES = ['approved', 'pending', 'rejected'];
const WORDS: Record<string, string> = {
	approved: 'approved',
	ok: 'approved',
	paid: 'approved',
	rejected: 'rejected',
	refunded: 'rejected',
	pending: 'pending',
	hold: 'pending',
};

/** An ID as it is compared; '' for none. */
function fold(value: unknown, isNumber: boolean): string {
	const text = String(value ?? '').trim();
	if (text === '#N/A') return '';
	const hex = text.replace(/[{}-]/g, '').toLowerCase();
	if (/^[0-9a-f]{32}$/.test(hex)) return hex;
	return isNumber && /^\d+$/.test(text) ? String(BigInt(text)) : text;
}

/** Thousandths of a plain amount; undefined for anything else. */
function toThousandths(value: unknown): number | undefined {
	const isPlain = typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(String(value ?? '').trim());
	return isPlain && value !== null ? Math.round(Number(value) * 1000) : undefined;
}

const isNothing = (value: unknown) => String(value ?? '').trim() === '';

/** An amount as lines are compared with each other: its number, or what stands in its place. */
const readAmount = ({ amount }: IDataObject) => toThousandths(amount) ?? String(amount ?? '');

/**
 * What Reconcile must put out for January 2024: each rule by itself, in the order in which they count,
 * for each line against all others and all conversions.
 */
export function expectResults(one: ListCase): Expected[] {
	const { by, hasDecision, hasAmount, compareWith, changeBack, lines, conversions } = one;
	const idOf = (line: IDataObject) => fold(line.id, by === 'conversionId');
	const withId = (id: string) =>
		conversions.filter((row) => id !== '' && fold(row[MEMBERS[by]], false) === id);
	const decide = ({ decision }: IDataObject) => {
		if (!hasDecision) return 'report';
		return (
			WORDS[
				String(decision ?? '')
					.trim()
					.toLowerCase()
			] ?? 'unclear'
		);
	};
	const judge = (line: IDataObject, index: number): Expected => {
		const id = idOf(line);
		const found = withId(id);
		const decision = decide(line);
		const [row] = found;
		const shown = found.length === 1 ? row.conversion_id : null;
		if (decision === 'unclear') return ['unclearDecision', shown, null];
		if (found.length === 0) return ['notInCake', null, null];
		if (found.length > 1) return ['ambiguous', null, null];
		const isSame = (other: IDataObject) => idOf(other) === id;
		const isRepeat = lines.slice(0, index).some(isSame);
		const isUnlike = (other: IDataObject) =>
			decide(other) !== decision || (hasAmount && readAmount(other) !== readAmount(line));
		if (isRepeat || lines.some((other) => isSame(other) && isUnlike(other))) {
			return ['repeatedInList', shown, null];
		}
		const status = String(row.conversion_status ?? '')
			.trim()
			.toLowerCase();
		const isProtected = !STATUSES.includes(status) || status === 'rejected';
		const wants = decision !== 'report' && decision !== status;
		if (wants && isProtected && !changeBack) return ['notChangedBack', shown, null];
		const [given, own] = [line.amount, row[compareWith]].map(toThousandths);
		if (hasAmount && (given === undefined || given !== own)) return ['amountDiffers', shown, null];
		return wants ? ['change', shown, decision] : ['unchanged', shown, null];
	};
	const isMissing = (row: IDataObject) => {
		const date = String(row.conversion_date ?? '');
		const own = fold(row[MEMBERS[by]], false);
		const isNamed = lines.some((line) => {
			const id = idOf(line);
			const isNear = withId(id).length === 0 && own.toLowerCase() === id.toLowerCase();
			return id !== '' && (own === id || isNear);
		});
		return !isNamed && date.startsWith('2024-01-');
	};
	const isWhole = lines.every((line) => idOf(line) !== '' || Object.values(line).every(isNothing));
	const missing = one.includeMissing && isWhole ? conversions.filter(isMissing) : [];
	return [
		...lines.map(judge),
		...missing.map((row): Expected => ['notInList', row.conversion_id, null]),
	];
}
