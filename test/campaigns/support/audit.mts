import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { NodeRun } from '../../../harness/engine/engine.mts';
import { getDetails } from '../../support/sales.mts';
import type { GroundTruth, Sale } from './ground-truth.mts';

/** Violations by name. Each has its count and one example. */
export type Violations = Record<string, { count: number; example: unknown }>;

/** Compares the node's outputs with the ground truth. */
export class Audit {
	private readonly violations: Violations = {};
	private readonly outputs = new Map<number, INodeExecutionData[]>();
	private readonly failed: Set<INodeExecutionData>;

	constructor(
		private readonly truth: GroundTruth,
		run: Pick<NodeRun, 'items' | 'errorItems'>,
	) {
		this.failed = new Set(run.errorItems);
		for (const item of [...run.items, ...run.errorItems]) {
			const index = (item.pairedItem as { item: number }).item;
			this.outputs.set(index, [...(this.outputs.get(index) ?? []), item]);
		}
	}

	check(sales: Sale[]): Violations {
		sales.forEach((sale, index) => {
			const outputs = this.outputs.get(index) ?? [];
			const stored = this.truth.getConversions(sale.tag);
			const report = (violation: string) => this.report(violation, sale, outputs);
			if (stored.length > 1) report('a sale is stored twice');
			if (outputs.length === 0) report('an item does not come out');
			if (outputs.length > 1) report('an item comes out more than once');
			for (const output of outputs) {
				if (this.failed.has(output)) this.checkFailure(output.json, sale, stored, report);
				else checkSuccess(output.json, stored, report);
			}
		});
		return this.violations;
	}

	private checkFailure(
		json: IDataObject,
		sale: Sale,
		stored: number[],
		report: (violation: string) => void,
	): void {
		if (stored.length === 0) return;
		const { kind, conversion_ids: ids = [] } = getDetails({ json });
		if (kind !== 'unknownOutcome') report('a stored sale is said not to be stored');
		for (const id of stored) {
			if ((ids as number[]).includes(id)) continue;
			if (this.truth.isNamedByReply(sale.tag, id)) {
				report('an ID that a reply named is kept back');
			} else if (this.truth.isNamedByList(sale, id)) {
				report('an ID that the list named is kept back');
			}
		}
	}

	private report(violation: string, sale: Sale, outputs: INodeExecutionData[]): void {
		const { violations, truth } = this;
		violations[violation] ??= {
			count: 0,
			example: {
				sale,
				requests: truth.getRequests(sale.tag).map(({ result, conversionId, fault, quirks }) => ({
					result,
					conversionId,
					fault,
					quirks,
				})),
				outputs: outputs.map(({ json }) => json),
			},
		};
		violations[violation].count++;
	}
}

function checkSuccess(
	{ conversion_id: id }: IDataObject,
	stored: number[],
	report: (violation: string) => void,
): void {
	if (stored.length === 0) report('a sale that is not stored is a success');
	if (id !== undefined && !stored.includes(Number(id))) {
		report("an item shows another item's conversion");
	}
}
