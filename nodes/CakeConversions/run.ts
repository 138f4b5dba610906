import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { CakeClient } from '../cake/client';
import { Pace } from '../cake/pace';
import { Slots } from '../cake/slots';
import { toWholeNumber } from '../cake/values';
import type { Operation, RunSettings, Session } from './operations/operation';
import { query } from './operations/query';
import { record } from './operations/record';
import { update } from './operations/update';
import { detailsMember, toFailedItem } from './output';
import { ItemParameters, Parameters } from './parameters';
import { prepareItems } from './prepare';
import { describeProgress } from './progress';
import { throwFirstFailure, throwFirstRefusal, toOutput } from './results';
import { sendAll } from './send';

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

	const cancelSignal = context.getExecutionCancelSignal?.();
	const session: Session = {
		...options,
		client,
		pace: new Pace(),
		stop: cancelSignal,
		hint: (hint) => context.addExecutionHints(hint),
	};
	const checked = items.flatMap((item) => ('refusal' in item ? [] : [item.values]));
	for (const message of operation.remarks?.(checked) ?? []) {
		session.hint({ type: 'info', location: 'outputPane', message });
	}
	const outcomes = await sendAll(items, operation, session, { continues, cancelSignal });
	const progress = operation.isWrite ? describeProgress(items, outcomes, operation) : '';
	if (cancelSignal?.aborted) {
		// n8n has saved the run by now; its log is the only place left to say how far it came.
		context.logger.info(`${node.name}: the execution was stopped by hand. ${progress}`);
	}
	if (!continues) throwFirstFailure(context, outcomes, items.length > 1 ? progress : '');
	return toOutput(items, outcomes, detailsMember(node));
}

function failAll(context: IExecuteFunctions, error: NodeOperationError): INodeExecutionData[] {
	const { message } = error;
	const reason = error.description ?? 'Nothing was sent.';
	const member = detailsMember(context.getNode());
	return context
		.getInputData()
		.map((_, index) => toFailedItem({ message, kind: 'notConfigured', reason }, index, member));
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
		const maxConcurrent = options.optional('Max Concurrent', 'maxConcurrent', (value) =>
			toWholeNumber(value, 1, 100),
		);
		return {
			slots: new Slots(maxConcurrent ?? 20),
			retries: options.optional('Retries', 'retries', (value) => toWholeNumber(value, 0, 20)) ?? 4,
			timeoutMs: (seconds ?? 60) * 1000,
		};
	} catch (error) {
		throw new NodeOperationError(context.getNode(), error as Error, {
			description: (error as { reason?: string }).reason,
		});
	}
}
