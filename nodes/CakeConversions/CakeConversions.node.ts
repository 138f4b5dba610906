import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { listSearch } from '../shared/locators';
import { fields } from './fields';
import { runOperation } from './router';

export class CakeConversions implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CAKE Conversions',
		name: 'cakeConversions',
		icon: { light: 'file:../../icons/cake.svg', dark: 'file:../../icons/cake.dark.svg' },
		group: ['transform'],
		version: 1,
		// Names the operation, and a status that is fixed: the canvas has no items to resolve expressions.
		subtitle:
			'={{ (["record", "update"].includes($parameter["operation"]) && $rawParameter["options"]?.["dryRun"] === true ? "Dry Run: " : "") + { check: "Check Account", record: "Record Conversion", get: "Get Conversion", totals: "Get Totals", query: "Query Conversions", reconcile: "Reconcile Conversions", update: { approved: "Approve Conversion", pending: "Set Conversion to Pending", rejected: "Reject Conversion" }[$rawParameter["status"]] || "Update Conversion" }[$parameter["operation"]] }}',
		description:
			'Record, get, query, reconcile and update affiliate conversions in CAKE (getcake.com), and check the account',
		defaults: { name: 'CAKE Conversions' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'cakeApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				// Workflows saved before there was a second resource have none.
				default: 'conversion',
				options: [
					{
						name: 'Account',
						value: 'account',
					},
					{
						name: 'Conversion',
						value: 'conversion',
					},
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'check',
				displayOptions: { show: { resource: ['account'] } },
				options: [
					{
						name: 'Check Account',
						value: 'check',
						action: 'Check account for problems',
						description:
							'Find out how CAKE treats your account, such as whether a list includes its end date, without changing anything',
					},
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'query',
				displayOptions: { show: { resource: ['conversion'] } },
				options: [
					{
						name: 'Get Conversion',
						value: 'get',
						action: 'Get conversion by ID or order number',
						description:
							'Look up one conversion by its conversion, order or click ID, without changing it',
					},
					{
						name: 'Get Totals',
						value: 'totals',
						action: 'Get totals of conversions',
						description:
							'Count the conversions of a range of days and add up payout, revenue and margin, for reports',
					},
					{
						name: 'Query Conversions',
						value: 'query',
						action: 'Query conversions by date range',
						description: 'Get many conversions of a range of days',
					},
					{
						name: 'Reconcile Conversions',
						value: 'reconcile',
						action: 'Reconcile conversions with advertiser list',
						description:
							'Compare an advertiser’s list with CAKE and propose which conversions to approve and reject, without changing any',
					},
					{
						name: 'Record Conversion',
						value: 'record',
						action: 'Record conversion by click ID and unique ID',
						description:
							'Tell CAKE that a tracked click led to a sale, so that its affiliate is paid',
					},
					{
						name: 'Update Conversion',
						value: 'update',
						action: 'Update conversion status by ID',
						description:
							'Approve, reject or reverse a conversion, found by its conversion, order or click ID',
					},
				],
			},
			...fields,
		],
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this);
	}
}
