import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { CakeClient } from '../cake/client';
import { dispatch, type Outcome } from '../cake/dispatch';
import { toWholeNumber } from '../cake/values';
import type { Operation, Rows, RunSettings, Session } from './operations/operation';
import { query } from './operations/query';
import { record } from './operations/record';
import { update } from './operations/update';
import { toFailedItem } from './output';
import { ItemParameters, Parameters } from './parameters';
import { prepareItems, type PreparedItem } from './prepare';
import { endsRun, throwFirstFailure, throwFirstRefusal, toOutput } from './results';

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

	let client: CakeClient;
	let options: ReturnType<typeof readOptions>;
	try {
		client = await connect(context, operation.isWrite);
		options = readOptions(context, parameters);
	} catch (error) {
		// Thrown under Continue On Fail, n8n would pass the input on as if all of it had been done.
		const failure = error as NodeOperationError;
		if (!continues) throw failure;
		return failAll(context, failure);
	}
	const items = await prepareItems(context, operation, parameters, settings, continues);
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

function failAll(context: IExecuteFunctions, error: NodeOperationError): INodeExecutionData[] {
	const { message } = error;
	const reason = error.description ?? 'Nothing was sent.';
	return context
		.getInputData()
		.map((_, index) => toFailedItem({ message, kind: 'notConfigured', reason }, index));
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
		endsRun: (error) => !continues || endsRun(error),
	});
	const outcomes = items.map((): Outcome<Rows> => ({ status: 'notStarted' }));
	indexes.forEach((index, position) => (outcomes[index] = sent[position]));
	return outcomes;
}
