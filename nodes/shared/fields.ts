import type { INodeProperties } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { InvalidValue, isEmpty, isObject, toWholeNumber } from '../cake/values';

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

/** A field that cannot be used, in the words of the form. */
export class InvalidField extends Error {
	/** @param reason what was given and what is accepted */
	constructor(
		message: string,
		readonly reason: string,
	) {
		super(message);
	}
}

/** The fields of a form by their names; a member of a collection is `collection.member`. */
export type Form = ReadonlyMap<string, INodeProperties>;

export function toForm(fields: INodeProperties[]): Form {
	const form = new Map<string, INodeProperties>();
	for (const field of fields) {
		form.set(field.name, field);
		for (const member of field.options ?? []) {
			if ('type' in member) form.set(`${field.name}.${member.name}`, member);
		}
	}
	return form;
}

/** How a value is made fit for CAKE; throws `InvalidValue`. */
type Convert<T> = (value: unknown) => T;

/** Where the values of fields come from. */
interface FieldSource {
	get(name: string): unknown;
	/** Whether the user filled the field with an expression. */
	isExpression?(name: string): boolean;
	/** Whether a collection has the field; its values are all there are. */
	has?(name: string): boolean;
}

/** The fields of one item, or of a trigger. Whatever it refuses is named by its label. */
export class Fields {
	/** @param collection the collection these are members of */
	constructor(
		private readonly form: Form,
		private readonly source: FieldSource,
		private readonly collection = '',
	) {}

	/** The resolved value as it is, for a choice or a switch. */
	get(name: string): unknown {
		return this.source.get(name);
	}

	/** The members of a collection, such as 'Additional Fields', that the user added. */
	members(name: string): Fields {
		const value = this.get(name);
		const values = isObject(value) ? value : {};
		const source = {
			get: (member: string) => values[member],
			has: (member: string) => member in values,
		};
		return new Fields(this.form, source, `${name}.`);
	}

	/** A field that must hold something. */
	required<T>(name: string, convert: Convert<T>): T {
		const value = this.get(name);
		if (isEmpty(value)) {
			throw this.refusal(name, new InvalidValue('is empty', value, 'This field is required.'));
		}
		try {
			return convert(value);
		} catch (error) {
			throw error instanceof InvalidValue ? this.refusal(name, error) : asError(error);
		}
	}

	/** A field that may be left empty. */
	optional<T>(name: string, convert: Convert<T>): T | undefined {
		return isEmpty(this.get(name)) ? undefined : this.required(name, convert);
	}

	/** A number field that may be left empty; its bounds and default are those of the form. */
	wholeNumber(name: string, byDefault?: number): number {
		const field = this.form.get(this.collection + name);
		const { minValue = 0, maxValue } = field?.typeOptions ?? {};
		const given = this.optional(name, (value) => toWholeNumber(value, minValue, maxValue));
		return given ?? byDefault ?? Number(field?.default);
	}

	/**
	 * One of the choices of the form.
	 * @param what the choices are, for the refusal of any other
	 */
	choice(name: string, what: string): unknown {
		const value = this.get(name);
		const values = this.form.get(name)?.options?.map((one) => 'value' in one && one.value) ?? [];
		if (values.some((one) => one === value)) return value;
		const accepted = `One of ${values.join(', ')}.`;
		throw this.refusal(name, new InvalidValue(`is not ${what} this node knows`, value, accepted));
	}

	/** An added field that must hold something: a filter that came out empty would let everything through. */
	requiredIfAdded<T>(name: string, convert: Convert<T>): T | undefined {
		if (!this.source.has?.(name)) return undefined;
		return this.requiredAsMeant(name, convert, 'Remove the field to go without it.');
	}

	/**
	 * A field that may be left empty, but not by an expression that finds nothing: the user meant to
	 * give something, and going on without it would go unseen.
	 * @param advice what else there is to do than to mend the expression
	 */
	requiredIfExpression<T>(name: string, convert: Convert<T>, advice: string): T | undefined {
		if (!this.source.isExpression?.(name)) return this.optional(name, convert);
		return this.requiredAsMeant(name, convert, advice);
	}

	private requiredAsMeant<T>(name: string, convert: Convert<T>, advice: string): T {
		const value = this.get(name);
		if (!isEmpty(value)) return this.required(name, convert);
		const accepted = `Check the expression, or enter a value. ${advice}`;
		throw this.refusal(name, new InvalidValue('came out empty', value, accepted));
	}

	/** The refusal of a value, naming the field by its label. */
	refusal(name: string, { finding, given, accepted }: InvalidValue): InvalidField {
		const label = this.form.get(this.collection + name)?.displayName ?? name;
		// Where nothing was given, the message says so already.
		const reason = isEmpty(given) ? accepted : `Given: ${quote(given)}. Accepted: ${accepted}`;
		return new InvalidField(`'${label}' ${finding}`, reason);
	}
}
