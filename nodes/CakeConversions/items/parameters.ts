import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { Fields, type Form } from '../../shared/fields';

function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (typeof raw !== 'object' || raw === null) return false;
	return Object.values(raw).some(hasExpression);
}

/**
 * Reads the parameters of a node for each item. A parameter without an expression is resolved only
 * once, because n8n takes about half a millisecond each time.
 */
export class Parameters {
	private readonly fixed = new Map<string, unknown>();

	private readonly raw: IDataObject;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly form: Form,
	) {
		this.raw = context.getNode().parameters;
	}

	/** The resolved value of a top-level field; '' when the node has none. */
	get(name: string, itemIndex: number): unknown {
		if (hasExpression(this.raw[name])) return this.resolve(name, itemIndex);
		if (!this.fixed.has(name)) this.fixed.set(name, this.resolve(name, itemIndex));
		return this.fixed.get(name);
	}

	getFields(itemIndex: number): Fields {
		return new Fields(this.form, {
			get: (name) => this.get(name, itemIndex),
			isExpression: (name) => hasExpression(this.raw[name]),
		});
	}

	private resolve(name: string, itemIndex: number): unknown {
		return this.context.getNodeParameter(name, itemIndex, '');
	}
}
