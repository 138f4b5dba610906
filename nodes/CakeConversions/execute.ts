import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { CakeClient } from '../cake/transport/client';
import { asError } from '../cake/errors';
import { Pace } from '../cake/transport/rateLimiter';
import { connect } from '../shared/connect';
import { describeFailure, type Audience } from '../shared/failures';
import { toForm } from '../shared/fields';
import { Hints, toHint } from './actions/hints';
import { describeDryRun } from './actions/dryRun';
import {
	isValid,
	type Operation,
	type RunSettings,
	type Session,
	type ValidItem,
} from './actions/operation';
import { optionFields } from './actions/options';
import { query, queryFields } from './actions/query/query.operation';
import { record } from './actions/record/record.operation';
import { recordFields } from './actions/record/fields';
import { update, updateFields } from './actions/update/update.operation';
import { detailsMember, hintsForAgent, toFailedItem } from './items/outputItems';
import { Parameters } from './items/parameters';
import { prepareItems } from './items/validateItems';
import { describeProgress } from './items/summary';
import { throwFailure, throwFirstRefusal, toOutput } from './items/toOutput';
import { sendAll } from './items/sendItems';
import { readOnlyRefusal, readOptions } from './setUp';

const FORM = toForm([...recordFields, ...queryFields, ...updateFields, ...optionFields]);

/** Runs the operation the user chose on all items. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const parameters = new Parameters(context, FORM);
	switch (parameters.get('operation', 0)) {
		case 'record':
			return [await run(context, parameters, record)];
		case 'query':
			return [await run(context, parameters, query)];
		case 'update':
			return [await run(context, parameters, update)];
		default:
			return [failAll(context, unknownOperation(context))];
	}
}

function unknownOperation(context: IExecuteFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), "'Operation' is not one this node knows", {
		description: 'Choose Record Conversion, Query Conversions or Update Conversion.',
	});
}

function audienceOf(context: IExecuteFunctions): Audience {
	return context.getNode().type.endsWith('Tool') ? 'agent' : 'editor';
}

/** Whether failed items are put out, and nothing is thrown. */
function isContinuing(context: IExecuteFunctions): boolean {
	// n8n shows an AI agent nothing of a thrown error but its message; an item tells it what to do.
	return context.continueOnFail() || audienceOf(context) === 'agent';
}

/**
 * Ends a run that cannot be begun.
 * @throws the failure, but under On Error > Continue: n8n would pass the input on as if all of it had been done
 */
function failAll(context: IExecuteFunctions, failure: Error): INodeExecutionData[] {
	if (!isContinuing(context)) throw failure;
	const described = describeFailure(failure, audienceOf(context));
	const member = detailsMember(context.getNode());
	return context.getInputData().map((_, index) => toFailedItem(described, index, member));
}

async function run<Values, Result>(
	context: IExecuteFunctions,
	parameters: Parameters,
	operation: Operation<Values, Result>,
): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const node = context.getNode();
	const audience = audienceOf(context);
	const continues = isContinuing(context);
	const settings: RunSettings = {
		timezone: context.getTimezone(),
		isTool: audience === 'agent',
		isRetriedByN8n: node.retryOnFail === true,
	};

	let client: CakeClient;
	let options: ReturnType<typeof readOptions>;
	try {
		client = await connect(context);
		options = readOptions(node, parameters.ofItem(0));
	} catch (error) {
		return failAll(context, asError(error));
	}
	const items = await prepareItems(context, operation, parameters, settings, continues);
	const valid = items.filter(isValid);
	if (operation.isWrite && client.account.readOnly && valid.some((item) => !item.isDryRun)) {
		return failAll(context, readOnlyRefusal(node));
	}
	if (!continues) throwFirstRefusal(node, items);

	const cancelSignal = context.getExecutionCancelSignal?.();
	const hints = new Hints(context);
	const session: Session = {
		...options,
		client,
		pace: new Pace(),
		stop: cancelSignal,
		hint: (hint) => hints.add(hint),
	};
	showItemHints(session, operation, valid);
	const endedBy = await sendAll(valid, operation, session, continues);
	const progress = operation.isWrite ? describeProgress(items, operation) : '';
	if (cancelSignal?.aborted) {
		// n8n has saved the run by now; its log is the only place left to say how far it came.
		context.logger.info(`${node.name}: the execution was stopped by hand. ${progress}`);
	}
	if (!continues) throwFailure(node, valid, endedBy, items.length > 1 ? progress : '');
	for (const hint of operation.describeOutcomes?.(valid) ?? []) session.hint(hint);
	const output = toOutput(items, operation, node, audience, endedBy);
	return settings.isTool ? [...output, ...hintsForAgent(hints.shown)] : output;
}

/** Shows what there is to say of the items before they are sent. */
function showItemHints<Values, Result>(
	session: Session,
	operation: Pick<Operation<Values, Result>, 'describeItems'>,
	items: Array<ValidItem<Values, Result>>,
): void {
	const aboutItems = operation.describeItems?.(items.map(({ values }) => values)) ?? [];
	const aboutDryRun = describeDryRun(items.map(({ isDryRun }) => isDryRun));
	for (const message of [...aboutDryRun, ...aboutItems]) session.hint(toHint(message));
}
