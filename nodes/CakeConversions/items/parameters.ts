import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Fields, hasExpression, type Form } from '../../shared/fields';
import { DirectParameter } from './directParameter';

/**
 * Reads the parameters of a node for each item. A parameter without an expression is resolved only
 * once, and one with expressions once for each item, because n8n takes about half a millisecond.
 */
export class Parameters {
	private readonly fixed = new Map<string, unknown>();

	/** The values of one item: an expression may give another value each time. */
	private item = { index: -1, values: new Map<string, unknown>() };

	private readonly raw: IDataObject;
	private readonly items: INodeExecutionData[];
	private readonly direct = new Map<string, DirectParameter>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly form: Form,
	) {
		this.raw = context.getNode().parameters;
		this.items = context.getInputData();
	}

	/** The resolved value of a top-level field; '' when the node has none. */
	get(name: string, itemIndex: number): unknown {
		if (this.item.index !== itemIndex) this.item = { index: itemIndex, values: new Map() };
		const evaluate = (): unknown => this.context.getNodeParameter(name, itemIndex, '');
		if (!hasExpression(this.raw[name])) return getOrCreate(this.fixed, name, evaluate);
		const direct = getOrCreate(this.direct, name, () => new DirectParameter(this.raw[name]));
		const json = this.items[itemIndex]?.json ?? {};
		return getOrCreate(this.item.values, name, () => direct.get(json, evaluate));
	}

	getFields(itemIndex: number): Fields {
		return new Fields(this.form, {
			get: (name) => this.get(name, itemIndex),
			getRaw: (name) => this.raw[name],
		});
	}
}

function getOrCreate<T>(map: Map<string, T>, name: string, create: () => T): T {
	if (!map.has(name)) map.set(name, create());
	return map.get(name) as T;
}
