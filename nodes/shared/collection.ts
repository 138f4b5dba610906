import type { IDataObject } from 'n8n-workflow';

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

/** How a value is made fit for CAKE; throws `InvalidValue`. */
export type Convert<T> = (value: unknown) => T;

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
		if (isBlank(value)) throw emptied(label, value, 'Remove the field to go without it.');
		return required(label, value, convert);
	}
}

/** @throws InvalidField when it is blank or cannot be converted */
export function required<T>(label: string, value: unknown, convert: Convert<T>): T {
	if (isBlank(value)) {
		throw new InvalidField(label, new InvalidValue('is empty', value, 'This field is required.'));
	}
	try {
		return convert(value);
	} catch (error) {
		throw error instanceof InvalidValue ? new InvalidField(label, error) : asError(error);
	}
}

/**
 * The refusal of an expression that found nothing.
 * @param advice what else there is to do than to mend the expression
 */
export function emptied(label: string, value: unknown, advice: string): InvalidField {
	return new InvalidField(
		label,
		new InvalidValue('came out empty', value, `Check the expression, or enter a value. ${advice}`),
	);
}
