import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { Fields, hasExpression, type Form } from '../../shared/fields';

/**
 * Reads the parameters of a node for each item. A parameter without an expression is resolved only
 * once, because n8n takes about half a millisecond each time.
 */
export class Parameters {
	private readonly fixed = new Map<string, unknown>();

	/** The values of one item: an expression may give another value each time. */
	private item = { index: -1, values: new Map<string, unknown>() };

	private readonly raw: IDataObject;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly form: Form,
	) {
		this.raw = context.getNode().parameters;
	}

	/** The resolved value of a top-level field; '' when the node has none. */
	get(name: string, itemIndex: number): unknown {
		if (this.item.index !== itemIndex) this.item = { index: itemIndex, values: new Map() };
		const values = hasExpression(this.raw[name]) ? this.item.values : this.fixed;
		if (!values.has(name)) values.set(name, this.context.getNodeParameter(name, itemIndex, ''));
		return values.get(name);
	}

	getFields(itemIndex: number): Fields {
		return new Fields(this.form, {
			get: (name) => this.get(name, itemIndex),
			getRaw: (name) => this.raw[name],
		});
	}
}
