import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { CakeClient } from '../cake/client';
import { Pace } from '../cake/pace';
import { forAgent, remarksForAgent } from './agent';
import { hintsOf, remark } from './hints';
import { remarkOnDryRun } from './operations/dryRun';
import type { Operation, RunSettings, Session } from './operations/operation';
import { query } from './operations/query';
import { record } from './operations/record';
import { update } from './operations/update';
import { detailsMember, toFailedItem, type Failure } from './output';
import { Parameters } from './parameters';
import { prepareItems, type CheckedItem } from './prepare';
import { describeProgress } from './progress';
import { throwFirstFailure, throwFirstRefusal, toOutput } from './results';
import { sendAll } from './send';
import { connect, readOnlyRefusal, readOptions } from './setUp';

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
			throw new NodeOperationError(context.getNode(), "'Operation' is not one this node knows", {
				description: 'Choose Record Conversion, Query Conversions or Update Conversion.',
			});
	}
}

async function run<Prepared, Ready>(
	context: IExecuteFunctions,
	parameters: Parameters,
	operation: Operation<Prepared, Ready>,
): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const node = context.getNode();
	const settings: RunSettings = {
		timezone: context.getTimezone(),
		isTool: node.type.endsWith('Tool'),
		isRetriedByN8n: node.retryOnFail === true,
	};
	// n8n shows an AI agent nothing of a thrown error but its message; an item tells it what to do.
	const continues = context.continueOnFail() || settings.isTool;

	const member = detailsMember(node);
	const toFailed = (failure: Failure, itemIndex: number) =>
		toFailedItem(settings.isTool ? forAgent(failure) : failure, itemIndex, member);

	// Thrown under Continue On Fail, n8n would pass the input on as if all of it had been done.
	const stopWith = (failure: NodeOperationError): INodeExecutionData[] => {
		if (!continues) throw failure;
		return failAll(context, failure, toFailed);
	};
	let client: CakeClient;
	let options: ReturnType<typeof readOptions>;
	try {
		client = await connect(context);
		options = readOptions(context, parameters);
	} catch (error) {
		return stopWith(error as NodeOperationError);
	}
	const items = await prepareItems(context, operation, parameters, settings, continues);
	const checked = items.flatMap((item) => ('refusal' in item ? [] : [item]));
	if (operation.isWrite && client.account.readOnly && checked.some((item) => !item.isDryRun)) {
		return stopWith(readOnlyRefusal(context));
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
	showRemarks(session, operation, checked);
	const outcomes = await sendAll(items, operation, session, { continues, cancelSignal });
	const progress = operation.isWrite ? describeProgress(items, outcomes, operation) : '';
	if (cancelSignal?.aborted) {
		// n8n has saved the run by now; its log is the only place left to say how far it came.
		context.logger.info(`${node.name}: the execution was stopped by hand. ${progress}`);
	}
	if (!continues) throwFirstFailure(context, outcomes, items.length > 1 ? progress : '');
	for (const hint of operation.remarksOnOutcomes?.(outcomes) ?? []) session.hint(hint);
	const output = toOutput(items, outcomes, toFailed);
	return settings.isTool ? [...output, ...remarksForAgent(remarks)] : output;
}

/** Tells the user beside the output what there is to say of the items. */
function showRemarks<Prepared>(
	session: Session,
	operation: Pick<Operation<Prepared>, 'remarks'>,
	items: Array<CheckedItem<Prepared>>,
): void {
	const remarks = operation.remarks?.(items.map(({ values }) => values)) ?? [];
	const dryRuns = remarkOnDryRun(items.map(({ isDryRun }) => isDryRun));
	for (const message of [...dryRuns, ...remarks]) session.hint(remark(message));
}

function failAll(
	context: IExecuteFunctions,
	error: NodeOperationError,
	toFailed: (failure: Failure, itemIndex: number) => INodeExecutionData,
): INodeExecutionData[] {
	const { message } = error;
	const reason = error.description ?? 'Nothing was sent.';
	return context
		.getInputData()
		.map((_, index) => toFailed({ message, kind: 'notConfigured', reason }, index));
}
