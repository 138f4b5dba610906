import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../cake/values';

/** An expression that is nothing but a member of the item: `{{ $json.name }}`, `{{ $json["name"] }}`. */
const MEMBER =
	/^=\{\{\s*\$json(?:\.([A-Za-z_]\w*)|\["([^"\\{}\r\n]+)"\]|\['([^'\\{}\r\n]+)'\])\s*\}\}$/;

/** Only n8n can evaluate the parameter for this item. */
const NEEDS_N8N = Symbol('needs n8n');

type Read = (json: IDataObject) => unknown;

function createMemberRead(expression: string): Read | undefined {
	const [, ...names] = MEMBER.exec(expression) ?? [];
	const name = names.find((one) => one !== undefined);
	if (name === undefined) return undefined;
	return (json) => {
		const value = Object.hasOwn(json, name) ? json[name] : undefined;
		const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
		return isPlain ? value : NEEDS_N8N;
	};
}

/** Reads a parameter whose expressions are all members of the item; undefined if others are among them. */
function createRead(raw: unknown): Read | undefined {
	if (typeof raw === 'string' && raw.startsWith('=')) return createMemberRead(raw);
	if (!isObject(raw)) return () => raw;
	const reads: Array<[string, Read]> = [];
	for (const [name, member] of Object.entries(raw)) {
		const read = createRead(member);
		if (!read) return undefined;
		reads.push([name, read]);
	}
	return (json) => {
		const values = reads.map(([name, read]) => [name, read(json)] as const);
		return values.some(([, value]) => value === NEEDS_N8N) ? NEEDS_N8N : Object.fromEntries(values);
	};
}

/**
 * A parameter with expressions. Members of the item are read from the item itself: n8n takes 0.15 ms
 * to evaluate one on its legacy engine and 0.5 ms on its `vm` engine, on the thread that serves everyone.
 */
export class DirectParameter {
	private read: Read | undefined;
	private isTrusted = false;

	/** @param raw the parameter as the user entered it */
	constructor(raw: unknown) {
		this.read = createRead(raw);
	}

	/**
	 * The value for an item. The first item is n8n's to evaluate: a name that it blocks fails, and goes on
	 * to fail. If it gives another value, it evaluates every item.
	 */
	get(json: IDataObject, evaluate: () => unknown): unknown {
		const value = this.read ? this.read(json) : NEEDS_N8N;
		if (value === NEEDS_N8N) return evaluate();
		if (this.isTrusted) return value;
		const evaluated = evaluate();
		this.isTrusted = JSON.stringify(evaluated) === JSON.stringify(value);
		if (!this.isTrusted) this.read = undefined;
		return evaluated;
	}
}
