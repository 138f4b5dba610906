import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { isBlank } from '../cake/values';
import {
	CollectionFields,
	emptied,
	required,
	type Convert,
	type InvalidField,
} from '../shared/collection';

function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (typeof raw !== 'object' || raw === null) return false;
	return Object.values(raw).some(hasExpression);
}

/**
 * Reads the parameters of a node, item by item. One without an expression is the same for all items
 * and is resolved once: n8n takes about half a millisecond each time.
 */
export class Parameters {
	private readonly fixed = new Map<string, unknown>();

	private readonly raw: IDataObject;

	constructor(private readonly context: IExecuteFunctions) {
		this.raw = context.getNode().parameters as IDataObject;
	}

	/** The resolved value; undefined when the form does not hold it. */
	get(name: string, itemIndex: number): unknown {
		if (hasExpression(this.raw[name])) return this.resolve(name, itemIndex);
		if (!this.fixed.has(name)) this.fixed.set(name, this.resolve(name, itemIndex));
		return this.fixed.get(name);
	}

	/** Whether the user filled the field with an expression. */
	isExpression(name: string): boolean {
		return hasExpression(this.raw[name]);
	}

	private resolve(name: string, itemIndex: number): unknown {
		return this.context.getNodeParameter(name, itemIndex, '') as unknown;
	}
}

/** The parameters of one item, read by their label so that a refusal can name it. */
export class ItemParameters {
	constructor(
		private readonly parameters: Parameters,
		readonly itemIndex: number,
	) {}

	/** A field that must hold something. */
	required<T>(label: string, name: string, convert: Convert<T>): T {
		return required(label, this.parameters.get(name, this.itemIndex), convert);
	}

	/**
	 * A field that may be left empty, but not by an expression that finds nothing: the user meant to
	 * give something, and going on without it would go unseen. `advice` is that of `emptied`.
	 */
	unlessEmptied<T>(
		label: string,
		name: string,
		convert: Convert<T>,
		advice: string,
	): T | undefined {
		const value = this.parameters.get(name, this.itemIndex);
		if (!isBlank(value)) return required(label, value, convert);
		if (!this.parameters.isExpression(name)) return undefined;
		throw emptied(label, value, advice);
	}

	/** A collection such as 'Additional Fields'. */
	collection(name: string): CollectionFields {
		const value = this.parameters.get(name, this.itemIndex);
		return new CollectionFields(typeof value === 'object' && value ? (value as IDataObject) : {});
	}

	/** A parameter with fixed choices, or a switch. */
	choice(name: string): unknown {
		return this.parameters.get(name, this.itemIndex);
	}
}

/**
 * The refusal as n8n shows it at the node.
 * @param others how many further items were refused
 */
export function toNodeOperationError(
	context: IExecuteFunctions,
	error: Pick<InvalidField, 'message' | 'reason'>,
	itemIndex: number,
	others: number,
): NodeOperationError {
	const more = others ? ` ${others} more ${others === 1 ? 'item was' : 'items were'} refused.` : '';
	return new NodeOperationError(context.getNode(), `${error.message} [Item ${itemIndex}]`, {
		itemIndex,
		description: `${error.reason} Nothing was sent.${more}`,
	});
}
