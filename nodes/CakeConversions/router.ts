import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { toForm } from '../shared/fields';
import { createCheck } from './actions/check/check.operation';
import { get } from './actions/get/get.operation';
import { query } from './actions/query/query.operation';
import { createReconcile } from './actions/reconcile/reconcile.operation';
import { record } from './actions/record/record.operation';
import { totals } from './actions/totals/totals.operation';
import { update } from './actions/update/update.operation';
import { execute, failAll } from './execute';
import { fields } from './fields';
import { Parameters } from './items/parameters';

const FORM = toForm(fields);

export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const parameters = new Parameters(context, FORM);
	switch (parameters.get('operation', 0)) {
		case 'check':
			return [await execute(context, parameters, createCheck())];
		case 'record':
			return [await execute(context, parameters, record)];
		case 'get':
			return [await execute(context, parameters, get)];
		case 'totals':
			return [await execute(context, parameters, totals)];
		case 'query':
			return [await execute(context, parameters, query)];
		case 'reconcile':
			return [await execute(context, parameters, createReconcile())];
		case 'update':
			return [await execute(context, parameters, update)];
		default:
			return [failAll(context, createUnknownOperationError(context))];
	}
}

function createUnknownOperationError(context: IExecuteFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), "'Operation' is not one this node knows", {
		description:
			'Choose Check Account, Get Conversion, Get Totals, Query Conversions, Reconcile Conversions, Record Conversion or Update Conversion.',
	});
}
