import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { InvalidValue, isBlank } from '../cake/values';

const MAX_QUOTED = 100;

function quote(value: unknown): string {
	let text: string;
	try {
		text = JSON.stringify(value) ?? 'nothing';
	} catch {
		text = String(value);
	}
	return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

/** A field of one item that cannot be sent, in the words of the form the user filled in. */
export class InvalidField extends Error {
	/** What was given and what is accepted. */
	readonly reason: string;

	constructor(label: string, cause: InvalidValue) {
		super(`'${label}' ${cause.finding}`);
		// Where nothing was given, the message says so already.
		this.reason = isBlank(cause.given)
			? cause.accepted
			: `Given: ${quote(cause.given)}. Accepted: ${cause.accepted}`;
	}
}

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

/** How a value is made fit for CAKE; throws `InvalidValue`. */
type Convert<T> = (value: unknown) => T;

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
	 * give something, and going on without it would go unseen.
	 */
	unlessEmptied<T>(label: string, name: string, convert: Convert<T>): T | undefined {
		const value = this.parameters.get(name, this.itemIndex);
		if (!isBlank(value)) return required(label, value, convert);
		if (!this.parameters.isExpression(name)) return undefined;
		throw emptied(label, value);
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

/** The members of a collection that the user added. */
export class CollectionFields {
	constructor(private readonly values: IDataObject) {}

	/** An added field that may be left empty; empty means not given. */
	optional<T>(label: string, name: string, convert: Convert<T>): T | undefined {
		const value = this.values[name];
		return isBlank(value) ? undefined : required(label, value, convert);
	}

	/** An added field that must hold something: a filter that came out empty would let everything through. */
	ifAdded<T>(label: string, name: string, convert: Convert<T>): T | undefined {
		if (!(name in this.values)) return undefined;
		const value: unknown = this.values[name];
		if (isBlank(value)) throw emptied(label, value);
		return required(label, value, convert);
	}
}

function required<T>(label: string, value: unknown, convert: Convert<T>): T {
	if (isBlank(value)) {
		throw new InvalidField(label, new InvalidValue('is empty', value, 'This field is required.'));
	}
	try {
		return convert(value);
	} catch (error) {
		throw error instanceof InvalidValue ? new InvalidField(label, error) : asError(error);
	}
}

function emptied(label: string, value: unknown): InvalidField {
	return new InvalidField(
		label,
		new InvalidValue(
			'came out empty',
			value,
			'Check the expression, or remove the field to go without it.',
		),
	);
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
