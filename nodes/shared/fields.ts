import type { INodeProperties } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { InvalidValue, isEmpty, isObject, showInvisible, toWholeNumber } from '../cake/values';
import { describeRemedy } from './remedies';

const MAX_QUOTED = 100;

/** A value as JSON, cut off where it is long. */
export function quote(value: unknown): string {
	// JSON has no form for these.
	if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
	let text: string;
	try {
		text = JSON.stringify(value) ?? 'nothing';
	} catch {
		text = String(value);
	}
	const shown = showInvisible(text);
	return shown.length > MAX_QUOTED ? `${shown.slice(0, MAX_QUOTED)}…` : shown;
}

/** A field whose value was refused. The message names the field by its label in the form. */
export class InvalidField extends Error {
	/** @param reason sentences: the given value, the accepted ones, or what to check */
	constructor(
		message: string,
		readonly reason: string,
	) {
		super(message);
	}
}

/** The fields of a form by name. A member of a collection has the name `collection.member`. */
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

/**
 * The number in a locator's value. n8n gives `{ __rl, mode, value }`, without `value` if an expression
 * found nothing and without `__rl` in a collection's new member. Workflows saved before there were
 * locators, and agents, give the number itself.
 */
function unwrapLocator(value: unknown): unknown {
	return isObject(value) && 'mode' in value ? value.value : value;
}

/** Turns the value of a field into a value for CAKE. Throws `InvalidValue`. */
type Convert<T> = (value: unknown) => T;

/** Where the values of fields come from. */
interface FieldSource {
	get(name: string): unknown;
	/** The parameter as the user entered it, with its expression. */
	getRaw?(name: string): unknown;
	/** Whether the user added the field to the collection; absent for fields outside collections. */
	has?(name: string): boolean;
}

/** Reads the fields of one item, or of a trigger. Throws `InvalidField` for a value it refuses. */
export class Fields {
	/** @param collection `name.` of the collection that holds the fields; '' for top-level fields */
	constructor(
		private readonly form: Form,
		private readonly source: FieldSource,
		private readonly collection = '',
	) {}

	/** The value as n8n gives it, unchecked. Of a resource locator, the number in it. */
	get(name: string): unknown {
		const value = this.source.get(name);
		const isLocator = this.form.get(this.collection + name)?.type === 'resourceLocator';
		return isLocator ? unwrapLocator(value) : value;
	}

	/** The members that the user added to a collection, such as 'Additional Fields'. */
	members(name: string): Fields {
		const value = this.get(name);
		const values = isObject(value) ? value : {};
		const raw = this.source.getRaw?.(name);
		const source: FieldSource = {
			get: (member) => values[member],
			// A collection that is one expression: its members have no expressions of their own.
			getRaw: (member) => (isObject(raw) ? raw[member] : raw),
			has: (member) => member in values,
		};
		return new Fields(this.form, source, `${name}.`);
	}

	/** Reads a field that must not be empty. */
	required<T>(name: string, convert: Convert<T>): T {
		const value = this.get(name);
		if (isEmpty(value)) {
			throw this.toRefusal(name, new InvalidValue('is empty', value, 'This field is required.'));
		}
		try {
			return convert(value);
		} catch (error) {
			throw error instanceof InvalidValue ? this.toRefusal(name, error) : asError(error);
		}
	}

	/** Reads a field that may be empty. */
	optional<T>(name: string, convert: Convert<T>): T | undefined {
		return isEmpty(this.get(name)) ? undefined : this.required(name, convert);
	}

	/** Reads a number field. The form gives its bounds, and its default if `whenEmpty` is absent. */
	wholeNumber(name: string, whenEmpty?: number): number {
		const field = this.form.get(this.collection + name);
		const { minValue = 0, maxValue } = field?.typeOptions ?? {};
		const number = this.optional(name, (value) => toWholeNumber(value, minValue, maxValue));
		return number ?? whenEmpty ?? Number(field?.default);
	}

	/**
	 * Reads a field that must hold one of its choices in the form.
	 * @param noun completes "is not … this node knows", such as "a way"
	 */
	choice(name: string, noun: string): unknown {
		const value = this.get(name);
		const values = this.form.get(name)?.options?.map((one) => 'value' in one && one.value) ?? [];
		if (values.some((one) => one === value)) return value;
		const accepted = `One of ${values.join(', ')}.`;
		throw this.toRefusal(name, new InvalidValue(`is not ${noun} this node knows`, value, accepted));
	}

	/** Reads a member of a collection. An added member must not be empty, so that no filter gets lost. */
	requiredIfAdded<T>(name: string, convert: Convert<T>): T | undefined {
		if (!this.source.has?.(name)) return undefined;
		return this.requiredWithAdvice(name, convert, 'Remove the field to go without it.');
	}

	/**
	 * Reads a field that may be empty, unless it holds an expression. A user who wrote an expression
	 * meant to give a value, and would not notice that it found none.
	 * @param advice what the user can do instead of correcting the expression
	 */
	requiredIfExpression<T>(name: string, convert: Convert<T>, advice: string): T | undefined {
		if (!this.isExpression(name)) return this.optional(name, convert);
		return this.requiredWithAdvice(name, convert, advice);
	}

	private requiredWithAdvice<T>(name: string, convert: Convert<T>, advice: string): T {
		const value = this.get(name);
		if (!isEmpty(value)) return this.required(name, convert);
		const accepted = `Check the expression, or enter a value. ${advice}`;
		throw this.toRefusal(name, new InvalidValue('came out empty', value, accepted));
	}

	/** Whether the user added a field to the collection that holds nothing. */
	isAddedEmpty(name: string): boolean {
		return this.source.has?.(name) === true && isEmpty(this.get(name));
	}

	/** Whether the user gave the field an expression. */
	isExpression(name: string): boolean {
		return hasExpression(this.source.getRaw?.(name));
	}

	/** Whether the user left the field empty, without an expression, or an AI agent left it empty. */
	isLeftEmpty(name: string): boolean {
		if (!isEmpty(this.get(name))) return false;
		return this.isLeftToAgent(name) || !this.isExpression(name);
	}

	/** Whether the user left the field to the model of an AI agent, with n8n's `$fromAI`. */
	isLeftToAgent(name: string): boolean {
		const raw = this.source.getRaw?.(name);
		return typeof raw === 'string' && /\$fromAI\b/i.test(raw);
	}

	toRefusal(name: string, invalid: InvalidValue): InvalidField {
		const { finding, given, accepted } = invalid;
		const label = this.form.get(this.collection + name)?.displayName ?? name;
		const remedy = describeRemedy(invalid, this.source.getRaw?.(name));
		// The message already says that the value is empty.
		const reason = isEmpty(given) ? accepted : `Given: ${quote(given)}. Accepted: ${accepted}`;
		return new InvalidField(`'${label}' ${finding}`, reason + remedy);
	}
}

/** Whether a parameter, or any member of it, has an expression. */
export function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (typeof raw !== 'object' || raw === null) return false;
	return Object.values(raw).some(hasExpression);
}

/**
 * Reads several fields, and refuses all that cannot be used at once.
 * @throws InvalidField that names each of them
 */
export function readFields<T extends object>(readers: { [Name in keyof T]: () => T[Name] }): T {
	const problems: InvalidField[] = [];
	const read = (reader: () => unknown): unknown => {
		try {
			return reader();
		} catch (error) {
			if (!(error instanceof InvalidField)) throw asError(error);
			problems.push(error);
			return undefined;
		}
	};
	const values: Record<string, unknown> = {};
	for (const [name, reader] of Object.entries<() => unknown>(readers)) values[name] = read(reader);
	const [first, ...others] = problems;
	if (!first) return values as T;
	const also = others.map(({ message, reason }) => ` ${message}. ${reason}`).join('');
	throw others.length === 0 ? first : new InvalidField(first.message, first.reason + also);
}
