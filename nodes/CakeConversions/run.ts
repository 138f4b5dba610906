import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { CakeClient } from '../cake/client';
import { Pace } from '../cake/pace';
import { connect } from '../shared/connect';
import { forAgent, remarksForAgent } from './agent';
import { hintsOf, remark } from './hints';
import { remarkOnDryRun } from './operations/dryRun';
import {
	isValid,
	type Operation,
	type RunSettings,
	type Session,
	type ValidItem,
} from './operations/operation';
import { query } from './operations/query';
import { record } from './operations/record';
import { update } from './operations/update';
import { detailsMember, toFailedItem, type Failure } from './output';
import { Parameters } from './parameters';
import { prepareItems } from './prepare';
import { describeProgress } from './progress';
import { throwFirstFailure, throwFirstRefusal, toOutput } from './results';
import { sendAll } from './send';
import { readOnlyRefusal, readOptions } from './setUp';

/** Runs the operation the user chose on all items. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const parameters = new Parameters(context);
	switch (parameters.get('operation', 0)) {
		case 'record':
			return [await run(context, parameters, record)];
		case 'query':
			return [await run(context, parameters, query)];
		case 'update':
			return [await run(context, parameters, update)];
		default:
			return [stopWith(context, reportingOf(context, parameters), unknownOperation(context))];
	}
}

function unknownOperation(context: IExecuteFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), "'Operation' is not one this node knows", {
		description: 'Choose Record Conversion, Query Conversions or Update Conversion.',
	});
}

/** How failures of a run are told. */
interface Reporting {
	isTool: boolean;
	/** Failed items are put out, and nothing is thrown. */
	continues: boolean;
	toFailed(failure: Failure, itemIndex: number): INodeExecutionData;
}

function reportingOf(context: IExecuteFunctions, parameters: Parameters): Reporting {
	const node = context.getNode();
	const isTool = node.type.endsWith('Tool');
	const isRecord = parameters.get('operation', 0) === 'record';
	const member = detailsMember(node);
	return {
		isTool,
		// n8n shows an AI agent nothing of a thrown error but its message; an item tells it what to do.
		continues: context.continueOnFail() || isTool,
		toFailed: (failure, itemIndex) =>
			toFailedItem(isTool ? forAgent(failure, isRecord) : failure, itemIndex, member),
	};
}

/**
 * Ends a run that cannot be begun.
 * @throws the failure, but under Continue On Fail: n8n would pass the input on as if all of it had been done
 */
function stopWith(
	context: IExecuteFunctions,
	{ continues, toFailed }: Reporting,
	failure: NodeOperationError,
): INodeExecutionData[] {
	if (!continues) throw failure;
	const { message } = failure;
	const reason = failure.description ?? 'Nothing was sent.';
	return context
		.getInputData()
		.map((_, index) => toFailed({ message, kind: 'notConfigured', reason }, index));
}

async function run<Values>(
	context: IExecuteFunctions,
	parameters: Parameters,
	operation: Operation<Values>,
): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const node = context.getNode();
	const reporting = reportingOf(context, parameters);
	const { isTool, continues, toFailed } = reporting;
	const settings: RunSettings = {
		timezone: context.getTimezone(),
		isTool,
		isRetriedByN8n: node.retryOnFail === true,
	};

	let client: CakeClient;
	let options: ReturnType<typeof readOptions>;
	try {
		client = await connect(context);
		options = readOptions(context, parameters);
	} catch (error) {
		return stopWith(context, reporting, error as NodeOperationError);
	}
	const items = await prepareItems(context, operation, parameters, settings, continues);
	const valid = items.filter(isValid);
	if (operation.isWrite && client.account.readOnly && valid.some((item) => !item.isDryRun)) {
		return stopWith(context, reporting, readOnlyRefusal(context));
	}
	if (!continues) throwFirstRefusal(context, items);

	const cancelSignal = context.getExecutionCancelSignal?.();
	const remarks = new Set<string>();
	const session: Session = {
		...options,
		client,
		pace: new Pace(),
		stop: cancelSignal,
		hint: hintsOf(context, remarks),
	};
	showRemarks(session, operation, valid);
	await sendAll(valid, operation, session, { continues, cancelSignal });
	const progress = operation.isWrite ? describeProgress(items, operation) : '';
	if (cancelSignal?.aborted) {
		// n8n has saved the run by now; its log is the only place left to say how far it came.
		context.logger.info(`${node.name}: the execution was stopped by hand. ${progress}`);
	}
	if (!continues) throwFirstFailure(context, valid, items.length > 1 ? progress : '');
	for (const hint of operation.remarksOnOutcomes?.(valid) ?? []) session.hint(hint);
	const output = toOutput(items, toFailed);
	return isTool ? [...output, ...remarksForAgent(remarks)] : output;
}

/** Tells the user beside the output what there is to say of the items. */
function showRemarks<Values>(
	session: Session,
	operation: Pick<Operation<Values>, 'remarks'>,
	items: Array<ValidItem<Values>>,
): void {
	const remarks = operation.remarks?.(items.map(({ values }) => values)) ?? [];
	const dryRuns = remarkOnDryRun(items.map(({ isDryRun }) => isDryRun));
	for (const message of [...dryRuns, ...remarks]) session.hint(remark(message));
}
