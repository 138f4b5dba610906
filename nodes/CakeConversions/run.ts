import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeApiError,
} from 'n8n-workflow';

import { CakeClient } from '../cake/client';
import { dispatch, type Outcome } from '../cake/dispatch';
import { CakeError, toNodeApiError } from '../cake/errors';
import { toWholeNumber } from '../cake/values';
import type { Operation, RunSettings, Session } from './operations/operation';
import { query } from './operations/query';
import { record } from './operations/record';
import { update } from './operations/update';
import { toFailedItem, toItem } from './output';
import { ItemParameters, Parameters, toNodeOperationError } from './parameters';
import { prepareItems, type PreparedItem } from './prepare';
import { describeProgress } from './progress';

/** Failures that every further request would meet too: the rest of the run is not sent. */
const ENDS_RUN = ['unauthorized', 'notSent'];

type Rows = Awaited<ReturnType<Operation<unknown>['perform']>>;

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

async function run<T>(
	context: IExecuteFunctions,
	parameters: Parameters,
	operation: Operation<T>,
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

	const client = await connect(context, operation.isWrite);
	const options = readOptions(context, parameters);
	const items = await prepareItems(context, operation, parameters, settings);
	if (!continues) throwFirstRefusal(context, items);

	const session: Session = {
		...options,
		client,
		cancelSignal: context.getExecutionCancelSignal?.(),
		hint: (hint) => context.addExecutionHints(hint),
	};
	const outcomes = await send(items, operation, session, options.maxConcurrent, continues);
	if (!continues) throwFirstFailure(context, outcomes, operation.isWrite);
	return toOutput(items, outcomes);
}

/** @throws NodeOperationError when the credential cannot be used, or not for writing */
async function connect(context: IExecuteFunctions, isWrite: boolean): Promise<CakeClient> {
	let client: CakeClient;
	try {
		client = await CakeClient.connect(context);
	} catch (error) {
		throw new NodeOperationError(context.getNode(), error as Error, {
			failure: { cause: 'credential-invalid' },
		});
	}
	if (isWrite && client.account.readOnly) {
		throw new NodeOperationError(context.getNode(), 'This CAKE credential is read-only', {
			description:
				"Nothing was sent. To record or update conversions, turn 'Read Only' off in the credential, or choose another one.",
			failure: { cause: 'configuration-invalid' },
		});
	}
	return client;
}

/** 'Options' are the same for the whole run and are read from the first item. */
function readOptions(context: IExecuteFunctions, parameters: Parameters) {
	const options = new ItemParameters(parameters, 0).collection('options');
	try {
		const seconds = options.optional('Timeout', 'timeout', (value) =>
			toWholeNumber(value, 1, 3600),
		);
		return {
			maxConcurrent:
				options.optional('Max Concurrent', 'maxConcurrent', (value) =>
					toWholeNumber(value, 1, 100),
				) ?? 20,
			retries: options.optional('Retries', 'retries', (value) => toWholeNumber(value, 0, 20)) ?? 4,
			timeoutMs: (seconds ?? 60) * 1000,
		};
	} catch (error) {
		throw new NodeOperationError(context.getNode(), error as Error, {
			description: (error as { reason?: string }).reason,
		});
	}
}

function throwFirstRefusal(context: IExecuteFunctions, items: Array<PreparedItem<unknown>>): void {
	const refused = items.flatMap((item, index) =>
		'refusal' in item ? [{ refusal: item.refusal, index }] : [],
	);
	const [first] = refused;
	if (first) {
		throw toNodeOperationError(context, first.refusal, first.index, refused.length - 1);
	}
}

/** Sends what passed the checks. The outcomes stand at the items' own indexes. */
async function send<T>(
	items: Array<PreparedItem<T>>,
	operation: Operation<T>,
	session: Session,
	maxConcurrent: number,
	continues: boolean,
): Promise<Array<Outcome<Rows>>> {
	const indexes: number[] = [];
	const jobs = items.flatMap((item, index) => {
		if ('refusal' in item) return [];
		indexes.push(index);
		return {
			key: operation.orderKey?.(item.values),
			run: async () => await operation.perform(item.values, session),
		};
	});
	const sent = await dispatch(jobs, {
		maxConcurrent,
		cancelSignal: session.cancelSignal,
		endsRun: (error) =>
			!continues || !(error instanceof CakeError) || ENDS_RUN.includes(error.kind),
	});
	const outcomes = items.map((): Outcome<Rows> => ({ status: 'notStarted' }));
	indexes.forEach((index, position) => (outcomes[index] = sent[position]));
	return outcomes;
}

/** What stops the run: the first failure in input order, with the tally of the rest. */
function throwFirstFailure(
	context: IExecuteFunctions,
	outcomes: Array<Outcome<Rows>>,
	isWrite: boolean,
): void {
	const index = outcomes.findIndex((outcome) => outcome.status === 'failed');
	const failed = outcomes[index];
	if (failed?.status !== 'failed') return;
	throw asNodeError(context, failed.error, index, isWrite ? describeProgress(outcomes, index) : '');
}

function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	progress: string,
): NodeApiError | NodeOperationError {
	if (error instanceof CakeError) {
		return toNodeApiError(context.getNode(), error, itemIndex, progress);
	}
	return new NodeOperationError(context.getNode(), error as Error, {
		itemIndex,
		description: progress,
		failure: { cause: 'node-defect' },
	});
}

function toOutput(
	items: Array<PreparedItem<unknown>>,
	outcomes: Array<Outcome<Rows>>,
): INodeExecutionData[] {
	const output: INodeExecutionData[] = [];
	const end = outcomes.find(
		(outcome) =>
			outcome.status === 'failed' &&
			outcome.error instanceof CakeError &&
			ENDS_RUN.includes(outcome.error.kind),
	);
	const cause = end?.status === 'failed' ? (end.error as CakeError) : undefined;
	items.forEach((item, index) => {
		const outcome = outcomes[index];
		if ('refusal' in item) {
			const { message, reason } = item.refusal;
			output.push(toFailedItem({ message, kind: 'invalidValue', reason }, index));
		} else if (outcome.status === 'done') {
			for (const row of outcome.value) output.push(toItem(row, index));
		} else if (outcome.status === 'failed') {
			output.push(toFailedItem(describeFailure(outcome.error), index));
		} else {
			output.push(toFailedItem(describeUnsent(cause), index));
		}
	});
	return output;
}

function describeFailure(error: unknown) {
	if (!(error instanceof CakeError)) {
		const message = error instanceof Error ? error.message : String(error);
		return { message: 'The CAKE node failed', kind: 'nodeDefect', reason: message };
	}
	const { message, kind, reason, conversionIds } = error;
	return { message, kind, reason, conversionIds };
}

/** An item that was left out because of another: of the same kind, so that one rule catches all. */
function describeUnsent(cause: CakeError | undefined) {
	if (!cause) {
		return {
			message: 'Not sent',
			kind: 'stopped',
			reason: 'The run was stopped before this item.',
		};
	}
	return {
		message: cause.message,
		kind: cause.kind,
		reason: `This item was not sent, because an earlier one met this: ${cause.reason}`,
	};
}
