import { DateTime } from 'luxon';
import {
	NodeOperationError,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { asError } from '../cake/errors';
import { LoopBreaks } from '../cake/loopBreaks';
import { NameLookup } from '../cake/directory/nameLookup';
import type { CakeClient } from '../cake/transport/client';
import { RateLimiter } from '../cake/transport/rateLimiter';
import { connect } from '../shared/connect';
import { describeFailure, type Audience } from '../shared/failures';
import { describeDryRun } from './actions/dryRun';
import { Hints } from './actions/hints';
import {
	isValid,
	type Operation,
	type RunSettings,
	type Session,
	type ValidItem,
} from './actions/operation';
import { addNames, lookUpNames } from './items/addNames';
import { readOptions } from './options';
import { getDetailsMember, toHintItems, toFailedItem } from './items/outputItems';
import type { Parameters } from './items/parameters';
import { sendItems } from './items/sendItems';
import { summarize } from './items/summary';
import { throwFailure, throwFirstRefusal, toOutput } from './items/toOutput';
import { validateItems } from './items/validateItems';

function getAudience(context: IExecuteFunctions): Audience {
	return context.getNode().type.endsWith('Tool') ? 'agent' : 'editor';
}

function readSettings(context: IExecuteFunctions): RunSettings {
	const { retryOnFail, executeOnce } = context.getNode();
	return {
		timezone: context.getTimezone(),
		now: DateTime.now(),
		isTool: getAudience(context) === 'agent',
		isRetriedByN8n: retryOnFail === true,
		isExecutedOnce: executeOnce === true,
	};
}

/** Whether failed items become output items, so that nothing is thrown. */
function shouldContinueOnError(context: IExecuteFunctions): boolean {
	// n8n shows an AI agent only the message of a thrown error. An item also has the advice.
	return context.continueOnFail() || getAudience(context) === 'agent';
}

/**
 * Fails all items before any is sent.
 * @returns a failed item for each input item, under On Error > Continue. If it threw instead, n8n would
 * pass the input items on as if they had succeeded.
 * @throws the failure, under On Error > Stop Workflow
 */
export function failAll(context: IExecuteFunctions, failure: Error): INodeExecutionData[] {
	if (!shouldContinueOnError(context)) throw failure;
	const described = describeFailure(failure, getAudience(context));
	const member = getDetailsMember(context.getNode());
	return context.getInputData().map((_, index) => toFailedItem(described, index, member));
}

function createReadOnlyError(node: INode): NodeOperationError {
	return new NodeOperationError(node, 'This CAKE credential is read-only', {
		description:
			"Nothing was sent. To record or update conversions, turn 'Read Only' off in the credential, or choose another one. To try the workflow without writing, turn on 'Dry Run' under Options.",
		failure: { cause: 'configuration-invalid' },
	});
}

/**
 * Runs one operation on all items: validates them, sends them, and turns their outcomes into output.
 * @throws NodeOperationError or NodeApiError, under On Error > Stop Workflow
 */
export async function execute<Values, Result>(
	context: IExecuteFunctions,
	parameters: Parameters,
	operation: Operation<Values, Result>,
): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const node = context.getNode();
	const audience = getAudience(context);
	const shouldContinue = shouldContinueOnError(context);
	const settings = readSettings(context);

	let client: CakeClient;
	let options: ReturnType<typeof readOptions>;
	try {
		client = await connect(context);
		options = readOptions(node, parameters.getFields(0));
	} catch (error) {
		return failAll(context, asError(error));
	}
	const breaks = new LoopBreaks();
	const items = await validateItems(
		context,
		operation,
		parameters,
		settings,
		shouldContinue,
		breaks,
	);
	const valid = items.filter(isValid);
	if (operation.isWrite && client.account.readOnly && valid.some((item) => !item.isDryRun)) {
		return failAll(context, createReadOnlyError(node));
	}
	if (!shouldContinue) throwFirstRefusal(node, items);

	const stop = context.getExecutionCancelSignal?.();
	const hints = new Hints(context);
	const hint: Session['hint'] = (one) => hints.add(one);
	const session: Session = { ...options, client, rateLimiter: new RateLimiter(), stop, hint };
	addItemHints(session, operation, valid, items.length);
	const lookup = options.shouldAddNames ? new NameLookup(session) : undefined;
	const sent = lookup ? lookUpNames(operation, lookup) : operation;
	const endedBy = await sendItems(valid, sent, session, shouldContinue);
	await breaks.takeIfDue();
	const summary = operation.isWrite ? summarize(items, operation) : '';
	if (stop?.aborted) {
		// n8n has saved the execution already. Only its log can still show which items were sent.
		context.logger.info(`${node.name}: the execution was stopped by hand. ${summary}`);
	}
	if (!shouldContinue) throwFailure(node, valid, endedBy, items.length > 1 ? summary : '');
	for (const one of operation.describeOutcomes?.(valid, items.length) ?? []) hint(one);
	await breaks.takeIfDue();
	const rows = await toOutput(items, operation, node, audience, endedBy, breaks);
	const output = lookup ? await addNames(rows, lookup, session, breaks) : rows;
	return settings.isTool ? [...output, ...toHintItems(hints.shown)] : output;
}

function addItemHints<Values, Result>(
	session: Session,
	operation: Pick<Operation<Values, Result>, 'describeItems'>,
	valid: Array<ValidItem<Values, Result>>,
	total: number,
): void {
	const values = valid.map((item) => item.values);
	const itemHints = operation.describeItems?.(values, total) ?? [];
	const dryRunHints = describeDryRun(
		valid.map(({ isDryRun }) => isDryRun),
		total,
	);
	for (const hint of [...dryRunHints, ...itemHints]) session.hint(hint);
}
