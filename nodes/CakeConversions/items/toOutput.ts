import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { LoopBreaks } from '../../cake/loopBreaks';
import {
	describeFailure,
	describeUnsent,
	toNodeError,
	type Audience,
	type Failure,
} from '../../shared/failures';
import {
	getFailure,
	isValid,
	type Item,
	type Operation,
	type ValidItem,
} from '../actions/operation';
import { getDetailsMember, toFailedItem, toItem } from './outputItems';

/** @throws NodeOperationError for the first item that failed validation, with the count of the others */
export function throwFirstRefusal(node: INode, items: Array<Item<unknown, unknown>>): void {
	const [first, ...others] = items.flatMap((item) => (isValid(item) ? [] : [item]));
	if (!first) return;
	const more = others.length === 1 ? 'item was' : 'items were';
	const progress = `Nothing was sent.${others.length ? ` ${others.length} more ${more} refused.` : ''}`;
	throw toNodeError(node, first.refusal, { audience: 'editor', itemIndex: first.index, progress });
}

/**
 * @param endedBy the item whose failure ended the run; other items in flight may have failed after it
 * @param progress the text of `summarize`; empty for reads
 * @throws NodeApiError or NodeOperationError for `endedBy`, or else for the first item that failed
 */
export function throwFailure(
	node: INode,
	items: Array<ValidItem<unknown, unknown>>,
	endedBy: ValidItem<unknown, unknown> | undefined,
	progress: string,
): void {
	for (const { outcome, index } of endedBy ? [endedBy, ...items] : items) {
		if (outcome.status !== 'failed') continue;
		throw toNodeError(node, outcome.error, { audience: 'editor', itemIndex: index, progress });
	}
}

/** Creates the output items, in input order, each with its paired item. Then come those of no item. */
export async function toOutput<Values, Result>(
	items: Array<Item<Values, Result>>,
	{ toRows, toMoreRows }: Pick<Operation<Values, Result>, 'toRows' | 'toMoreRows'>,
	node: INode,
	audience: Audience,
	endedBy: ValidItem<unknown, unknown> | undefined,
	breaks: LoopBreaks,
): Promise<INodeExecutionData[]> {
	const member = getDetailsMember(node);
	const cause = endedBy && getFailure(endedBy);
	const toFailure = (item: Item<Values, Result>): Failure | undefined => {
		if (!isValid(item)) return describeFailure(item.refusal, audience);
		if (item.outcome.status === 'failed') return describeFailure(item.outcome.error, audience);
		return item.outcome.status === 'notSent' ? describeUnsent(cause, audience) : undefined;
	};
	const listRows = (item: Item<Values, Result>): IDataObject[] => {
		if (!isValid(item)) return [];
		const { outcome, values } = item;
		if (outcome.status === 'previewed') return [outcome.row];
		return outcome.status === 'done' ? toRows(outcome.value, values) : [];
	};
	const output: INodeExecutionData[] = [];
	const add = async (rows: IDataObject[], index: number): Promise<void> => {
		for (const row of rows) {
			output.push(toItem(row, index));
			if (breaks.isDue) await breaks.take();
		}
	};
	for (const item of items) {
		const failure = toFailure(item);
		if (failure) output.push(toFailedItem(failure, item.index, member));
		await add(listRows(item), item.index);
		if (breaks.isDue) await breaks.take();
	}
	await add(toMoreRows?.() ?? [], 0);
	return output;
}
