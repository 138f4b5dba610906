import type { INode, INodeExecutionData } from 'n8n-workflow';

import { describeFailure, describeUnsent, toNodeError, type Audience } from '../../shared/failures';
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
export function toOutput<Values, Result>(
	items: Array<Item<Values, Result>>,
	{ toRows, toMoreRows }: Pick<Operation<Values, Result>, 'toRows' | 'toMoreRows'>,
	node: INode,
	audience: Audience,
	endedBy: ValidItem<unknown, unknown> | undefined,
): INodeExecutionData[] {
	const member = getDetailsMember(node);
	const cause = endedBy && getFailure(endedBy);
	const toItems = (item: Item<Values, Result>): INodeExecutionData[] => {
		const { index } = item;
		const fail = (error: unknown) => [
			toFailedItem(describeFailure(error, audience), index, member),
		];
		if (!isValid(item)) return fail(item.refusal);
		const { outcome, values } = item;
		switch (outcome.status) {
			case 'done':
				return toRows(outcome.value, values).map((row) => toItem(row, index));
			case 'previewed':
				return [toItem(outcome.row, index)];
			case 'failed':
				return fail(outcome.error);
			case 'notSent':
				return [toFailedItem(describeUnsent(cause, audience), index, member)];
		}
	};
	const more = toMoreRows?.() ?? [];
	return [...items.flatMap(toItems), ...more.map((row) => toItem(row, 0))];
}
