import type {
	INode,
	INodeProperties,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';
import {
	core,
	packageDirectory,
	startExpressionEngine,
	workflowPackage,
} from '../../harness/engine/n8n.mts';
import { loadPackage, NodeTypes } from '../../harness/engine/nodes.mts';

const TYPE = 'n8n-nodes-cake.cakeConversions';
let description: INodeTypeDescription;
let types: NodeTypes;

beforeAll(async () => {
	types = new NodeTypes(await loadPackage(packageDirectory));
	({ description } = types.getByNameAndVersion(TYPE));
	await startExpressionEngine();
});

const nodeWith = (parameters: INode['parameters']): INode => ({
	id: 'node',
	name: 'CAKE',
	type: TYPE,
	typeVersion: 1,
	position: [0, 0],
	parameters,
});

/** The node as n8n builds it from a saved workflow: with defaults, without hidden parameters. */
function inWorkflow(parameters: INode['parameters']) {
	const workflow = new workflowPackage.Workflow({
		nodes: [nodeWith(parameters)],
		connections: {},
		active: false,
		nodeTypes: types,
	});
	return { workflow, node: workflow.nodes.CAKE };
}

/** The fields that the form shows, in order. For a collection, the members that can be added. */
function shown(parameters: INode['parameters']): Record<string, string[] | string> {
	const node = nodeWith({ ...inWorkflow(parameters).node.parameters, ...parameters });
	const isShown = (property: INodeProperties) =>
		workflowPackage.NodeHelpers.displayParameter(
			node.parameters,
			property,
			node,
			description,
			node.parameters,
		);
	return Object.fromEntries(
		description.properties
			.filter(isShown)
			.map((property) => [
				property.name,
				property.type === 'collection'
					? (property.options as INodeProperties[]).filter(isShown).map(({ name }) => name)
					: property.type,
			]),
	);
}

const operationField = { resource: 'options', operation: 'options' };
const getResource = (operation: string) => (operation === 'check' ? { resource: 'account' } : {});
const idFilters = ['advertiserId', 'affiliateId', 'offerId'];
const limits = ['maxWrites', 'maxPayout', 'refusePayoutAboveRevenue'];

// Saved workflows hold these names: none may change.
describe('form fields', () => {
	it('shows the fields of Record Conversion', () => {
		expect(Object.entries(shown({ operation: 'record' }))).toEqual(
			Object.entries({
				...operationField,
				clickId: 'string',
				offerId: 'resourceLocator',
				uniqueId: 'string',
				additionalFields: [
					...['conversionDate', 'orderId', 'payout', 'revenue'],
					...['adv1', 'adv2', 'adv3', 'adv4', 'adv5'],
				],
				options: ['dryRun', 'maxConcurrent', 'retries', ...limits, 'timeout'],
			}),
		);
	});

	it('shows the fields of Query Conversions', () => {
		expect(Object.entries(shown({ operation: 'query', dateRange: 'custom' }))).toEqual(
			Object.entries({
				...operationField,
				dateRange: 'options',
				startDate: 'dateTime',
				endDate: 'dateTime',
				returnAll: 'boolean',
				limit: 'number',
				filters: ['advertiserId', 'affiliateId', 'conversionStatus', 'offerId'],
				options: ['addNames', 'maxConcurrent', 'pageSize', 'retries', 'startAtRow', 'timeout'],
			}),
		);
		const brief = Object.keys(shown({ operation: 'query', returnAll: true }));
		expect(brief).toEqual([
			...Object.keys(operationField),
			...['dateRange', 'returnAll', 'filters', 'options'],
		]);
	});

	it('offers the ranges of days newest first, each by the value that the node reads', () => {
		const { options = [] } = description.properties.find(({ name }) => name === 'dateRange') ?? {};
		expect(options.map((one) => 'value' in one && one.value)).toEqual([
			...['today', 'yesterday', 'last7Days', 'last30Days', 'last90Days'],
			...['thisMonth', 'lastMonth', 'custom'],
		]);
	});

	it('shows the fields of Get Totals', () => {
		expect(Object.entries(shown({ operation: 'totals', dateRange: 'custom' }))).toEqual(
			Object.entries({
				...operationField,
				dateRange: 'options',
				startDate: 'dateTime',
				endDate: 'dateTime',
				groupBy: 'multiOptions',
				filters: ['advertiserId', 'affiliateId', 'conversionStatus', 'offerId'],
				options: ['addNames', 'maxConcurrent', 'pageSize', 'retries', 'timeout'],
			}),
		);
	});

	it('shows the fields of Reconcile Conversions, with the ID that Match By names', () => {
		const options = [
			...['addNames', 'approvedWords', 'changeBack', 'maxConcurrent'],
			...['pendingWords', 'rejectedWords', 'retries', 'timeout'],
		];
		for (const matchBy of ['orderId', 'clickId', 'conversionId']) {
			expect(Object.entries(shown({ operation: 'reconcile', matchBy }))).toEqual(
				Object.entries({
					...operationField,
					matchBy: 'options',
					[matchBy]: 'string',
					decision: 'string',
					amount: 'string',
					dateRange: 'options',
					filters: idFilters,
					includeMissing: 'boolean',
					options,
				}),
			);
		}
		const custom = { operation: 'reconcile', amount: '={{ $json.amount }}', dateRange: 'custom' };
		expect(Object.keys(shown(custom)).slice(4, 9)).toEqual([
			...['decision', 'amount', 'compareWith', 'dateRange', 'startDate'],
		]);
		const { node } = inWorkflow({ operation: 'reconcile' });
		expect(node.parameters).toMatchObject({
			...{ matchBy: 'orderId', dateRange: 'lastMonth', includeMissing: true, decision: '' },
		});
	});

	it('shows the fields of Get Conversion, with the ID that Find By names', () => {
		for (const findBy of ['conversionId', 'orderId', 'clickId']) {
			expect(Object.entries(shown({ operation: 'get', findBy }))).toEqual(
				Object.entries({
					...operationField,
					findBy: 'options',
					[findBy]: 'string',
					filters: idFilters,
					options: [
						...['addNames', 'maxConcurrent', 'retries'],
						...['searchDays', 'timeout', 'whenNotFound'],
					],
				}),
			);
		}
	});

	it('shows the fields of Update Conversion, with the ID that Find By names', () => {
		const change = { status: 'options', note: 'string' };
		const options = [
			...['addNames', 'dryRun', 'maxConcurrent', 'onlyIfStatusIs'],
			...['retries', 'searchDays', ...limits, 'timeout'],
		];
		expect(Object.entries(shown({ operation: 'update' }))).toEqual(
			Object.entries({
				...operationField,
				findBy: 'options',
				conversionId: 'string',
				...change,
				options,
			}),
		);
		for (const findBy of ['orderId', 'clickId']) {
			expect(Object.entries(shown({ operation: 'update', findBy }))).toEqual(
				Object.entries({
					...operationField,
					findBy: 'options',
					[findBy]: 'string',
					filters: idFilters,
					...change,
					options,
				}),
			);
		}
	});

	it('shows no field but two options of Check Account', () => {
		const parameters = { resource: 'account', operation: 'check' };
		expect(Object.entries(shown(parameters))).toEqual(
			Object.entries({ ...operationField, options: ['retries', 'timeout'] }),
		);
	});

	it('has the operation of a workflow saved before there was a second resource', () => {
		const { node } = inWorkflow({ operation: 'update', conversionId: '7', status: 'approved' });
		expect(node.parameters).toMatchObject({ resource: 'conversion', operation: 'update' });
		expect(inWorkflow({ resource: 'account' }).node.parameters.operation).toBe('check');
	});

	it('finds by conversion ID in a workflow saved before there was Find By', () => {
		const { node } = inWorkflow({ operation: 'update', conversionId: '7', status: 'approved' });
		expect(node.parameters).toMatchObject({ findBy: 'conversionId', conversionId: '7' });
	});

	it('has defaults that are empty, off or safe', () => {
		const getDefault = (name: string) =>
			description.properties.find((property) => {
				const { resource = ['conversion'] } = property.displayOptions?.show ?? {};
				return property.name === name && resource.includes('conversion');
			})?.default;
		const options = description.properties.find(({ name }) => name === 'options')
			?.options as INodeProperties[];
		const defaults = Object.fromEntries(options.map(({ name, default: value }) => [name, value]));
		expect(defaults).toEqual({
			...{ addNames: true, dryRun: true, maxConcurrent: 20, pageSize: 500, retries: 4 },
			...{ maxWrites: 100, maxPayout: 0, refusePayoutAboveRevenue: true },
			approvedWords: 'approved, approve, ok, paid, valid',
			pendingWords: 'pending, hold',
			rejectedWords:
				'rejected, declined, cancelled, canceled, void, denied, refunded, chargeback, fraud, invalid',
			changeBack: true,
			...{ searchDays: 30, startAtRow: 1, timeout: 60, onlyIfStatusIs: [], whenNotFound: 'stop' },
		});
		expect([getDefault('operation'), getDefault('status'), getDefault('returnAll')]).toEqual([
			'query',
			'',
			false,
		]);
	});
});

describe.each([
	['cakeConversions', 'CAKE Conversions'],
	['cakeConversionsTrigger', 'CAKE Conversions Trigger'],
	['cakePostbackTrigger', 'CAKE Postback Trigger'],
])('the node %s', (name, displayName) => {
	const describeNode = () => types.getByNameAndVersion(`n8n-nodes-cake.${name}`).description;

	it('has its name and an icon for each theme', () => {
		const { displayName: shownName, iconUrl } = describeNode();
		expect(shownName).toBe(displayName);
		expect(iconUrl).toEqual({
			light: expect.stringMatching(/icons\/cake\.svg$/) as unknown,
			dark: expect.stringMatching(/icons\/cake\.dark\.svg$/) as unknown,
		});
	});

	it('has only fields of types that n8n knows', () => {
		const list = (properties: INodeProperties[]): string[] =>
			properties.flatMap(({ type, options = [] }) => [
				type,
				...(type === 'collection' ? list(options as INodeProperties[]) : []),
			]);
		const known = [
			'boolean',
			'collection',
			'hidden',
			'multiOptions',
			'notice',
			'number',
			'options',
		];
		known.push('dateTime', 'resourceLocator', 'string');
		// n8n adds the times of the polls.
		const own = describeNode().properties.filter((field) => field.name !== 'pollTimes');
		expect(list(own).filter((type) => !known.includes(type))).toEqual([]);
	});
});

describe('form texts', () => {
	/** All fields and the members of collections, each with its path. */
	function all(): Array<[string, INodeProperties]> {
		return description.properties.flatMap((property): Array<[string, INodeProperties]> => [
			[property.name, property],
			...(property.type === 'collection' ? (property.options as INodeProperties[]) : []).map(
				(member): [string, INodeProperties] => [`${property.name}.${member.name}`, member],
			),
		]);
	}
	/** The choices of a list, without the entry that stands for no choice. */
	const choices = ({ type, options }: INodeProperties) =>
		type === 'options'
			? (options as INodePropertyOptions[]).filter(({ value }) => value !== '')
			: [];

	it('describes every field, and writes a single sentence without a period', () => {
		const texts = all().flatMap(([path, property]) => [
			[path, property.description],
			...choices(property).map(({ name, description: text }) => [`${path}: ${name}`, text]),
		]);
		const required = all().filter(([, { type, noDataExpression }]) => {
			return !['collection', 'hidden'].includes(type) && !(noDataExpression && type === 'options');
		});
		expect(required.filter(([, { description: text }]) => !text).map(([path]) => path)).toEqual([]);
		const odd = texts.filter(([, text]) => {
			if (!text) return false;
			const sentences = text.split(/\.\s+(?=[A-Z])/).length;
			return /^[a-z]/.test(text.replace('CAKE’s', '')) || text.endsWith('.') !== sentences > 1;
		});
		expect(odd).toEqual([]);
	});

	it('follows n8n’s rules for placeholders, switches, hints and order', () => {
		const wrong = all().flatMap(
			([path, { type, placeholder, description: text = '', hint = '' }]) => [
				...(type === 'string' && !placeholder?.startsWith('e.g. ') ? [`${path}: placeholder`] : []),
				...(type === 'collection' && !placeholder?.startsWith('Add ') ? [`${path}: button`] : []),
				...(type === 'boolean' && !text.startsWith('Whether ') ? [`${path}: Whether`] : []),
				...(hint.length > 120 || hint.endsWith('.') ? [`${path}: hint`] : []),
			],
		);
		expect(wrong).toEqual([]);
		const lists = all().flatMap(([path, property]) => {
			const names =
				property.type === 'collection'
					? (property.options as INodeProperties[]).map(({ displayName }) => displayName)
					: choices(property).map(({ name }) => name);
			// Sorted as a reader would, with upper and lower case alike.
			const sorted = [...names].sort((one, other) => one.localeCompare(other, 'en'));
			// Days are easier to find in the order of time.
			return names.join() === sorted.join() || path === 'dateRange' ? [] : [path];
		});
		expect(lists).toEqual([]);
	});

	const member = (path: string) => all().find(([name]) => name === path)?.[1];

	it('describes each range of days and each status', () => {
		for (const path of ['dateRange', 'status']) {
			const unexplained = choices(member(path) as INodeProperties).filter(
				({ description: text }) => !text,
			);
			expect(unexplained.map(({ name }) => `${path}: ${name}`)).toEqual([]);
		}
	});

	it('names the unit of the timeout, and the sub IDs as CAKE’s users and its API do', () => {
		expect(member('options.timeout')?.displayName).toBe('Timeout (Seconds)');
		expect(member('additionalFields.adv3')?.displayName).toBe('Sub ID 3 (Adv3)');
	});

	it('begins the statuses with an entry for no choice, and requires another', () => {
		const { options = [], required } = member('status') as INodeProperties;
		expect(options[0]).toEqual({ name: 'Choose a Status', value: '' });
		expect(required).toBe(true);
	});

	it('names the categories and aliases that find the node in n8n’s panel', () => {
		const { codex } = description;
		expect(codex?.categories).toEqual(['Marketing & Content', 'Sales', 'Analytics']);
		expect(codex?.alias).toEqual(
			expect.arrayContaining(['affiliate', 'tracking', 'postback', 'payout', 'getcake', 'totals']),
		);
	});

	it.each([
		[{ operation: 'record' }, 'Record Conversion'],
		[{ operation: 'query', options: { dryRun: true } }, 'Query Conversions'],
		[{ operation: 'totals', options: { dryRun: true } }, 'Get Totals'],
		[{ operation: 'reconcile', options: { dryRun: true } }, 'Reconcile Conversions'],
		[{ operation: 'get', options: { dryRun: true } }, 'Get Conversion'],
		[{}, 'Query Conversions'],
		[{ resource: 'account', operation: 'check' }, 'Check Account'],
		[{ operation: 'update', status: 'rejected' }, 'Reject Conversion'],
		[{ operation: 'update', status: 'approved' }, 'Approve Conversion'],
		[{ operation: 'update', status: 'pending' }, 'Set Conversion to Pending'],
		[{ operation: 'update' }, 'Update Conversion'],
		[{ operation: 'update', status: '={{ $json.to }}' }, 'Update Conversion'],
		[{ operation: 'record', options: { dryRun: true } }, 'Dry Run: Record Conversion'],
		[{ operation: 'record', options: { dryRun: '={{ $json.dry }}' } }, 'Record Conversion'],
		[
			{ operation: 'update', status: 'rejected', options: { dryRun: true } },
			'Dry Run: Reject Conversion',
		],
	])('shows below a node with %j: %s', (parameters, subtitle) => {
		const { workflow, node } = inWorkflow(parameters);
		const text = workflow.expression.getSimpleParameterValue(
			node,
			description.subtitle,
			'internal',
			{},
		);
		expect(text).toBe(subtitle);
	});
});

describe('tool description', () => {
	it.each([
		['check', 'Check account for problems in CAKE Conversions'],
		['record', 'Record conversion by click ID and unique ID in CAKE Conversions'],
		['query', 'Query conversions by date range in CAKE Conversions'],
		['get', 'Get conversion by ID or order number in CAKE Conversions'],
		['totals', 'Get totals of conversions in CAKE Conversions'],
		['reconcile', 'Reconcile conversions with advertiser list in CAKE Conversions'],
		['update', 'Update conversion status by ID in CAKE Conversions'],
	])('describes %s to an AI agent: %s', (operation, text) => {
		const { workflow, node } = inWorkflow({ ...getResource(operation), operation });
		const nodeType = workflow.nodeTypes.getByNameAndVersion(node.type);
		const { NodeHelpers, nodeNameToToolName } = workflowPackage;
		expect(NodeHelpers.getToolDescriptionForNode(node, nodeType)).toBe(text);
		// The editor gives the node this name, and the agent gets it. OpenAI takes 64 characters.
		expect(nodeNameToToolName(text)).toBe(text.replace(/ /g, '_'));
	});
});

describe('output schema', () => {
	it.each(['check', 'record', 'query', 'get', 'totals', 'reconcile', 'update'])(
		'gives n8n fields to drag before the first run of %s',
		(operation) => {
			const nodeDir = `${packageDirectory}/dist/nodes/CakeConversions`;
			const { resource } = inWorkflow({ ...getResource(operation), operation }).node.parameters;
			const place = { nodeDir, version: 1, resource: resource as string, operation };
			expect(core.loadOutputSchema(place)).toMatchObject({ type: 'object' });
		},
	);
});
