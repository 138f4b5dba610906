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

/** The node as n8n makes it from what a workflow saved: with defaults, without what is not shown. */
function inWorkflow(parameters: INode['parameters']) {
	const workflow = new workflowPackage.Workflow({
		nodes: [nodeWith(parameters)],
		connections: {},
		active: false,
		nodeTypes: types,
	});
	return { workflow, node: workflow.nodes.CAKE };
}

/** The fields that the form shows, in order; of 'Options' and the like the members that can be added. */
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

const operationField = { resource: 'hidden', operation: 'options' };
const idFilters = ['advertiserId', 'affiliateId', 'offerId'];
const sending = ['retries', 'timeout'];

// Saved workflows hold these names: none may change.
describe('the fields of', () => {
	it('Record Conversion', () => {
		expect(Object.entries(shown({ operation: 'record' }))).toEqual(
			Object.entries({
				...operationField,
				clickId: 'string',
				offerId: 'string',
				uniqueId: 'string',
				additionalFields: [
					...['conversionDate', 'orderId', 'payout', 'revenue'],
					...['adv1', 'adv2', 'adv3', 'adv4', 'adv5'],
				],
				options: ['dryRun', 'maxConcurrent', ...sending],
			}),
		);
	});

	it('Query Conversions', () => {
		expect(Object.entries(shown({ operation: 'query', dateRange: 'custom' }))).toEqual(
			Object.entries({
				...operationField,
				dateRange: 'options',
				startDate: 'dateTime',
				endDate: 'dateTime',
				returnAll: 'boolean',
				limit: 'number',
				filters: ['advertiserId', 'affiliateId', 'conversionStatus', 'offerId'],
				options: ['maxConcurrent', 'pageSize', 'retries', 'startAtRow', 'timeout'],
			}),
		);
		const brief = Object.keys(shown({ operation: 'query', returnAll: true }));
		expect(brief).toEqual([
			...Object.keys(operationField),
			...['dateRange', 'returnAll', 'filters', 'options'],
		]);
	});

	it('Update Conversion, the ID beside what it is found by', () => {
		const change = { status: 'options', note: 'string' };
		const options = [
			...['dryRun', 'maxConcurrent', 'onlyIfStatusIs'],
			...['retries', 'searchDays', 'timeout'],
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

	it('a workflow saved before there was Find By: it goes by the conversion ID', () => {
		const { node } = inWorkflow({ operation: 'update', conversionId: '7', status: 'approved' });
		expect(node.parameters).toMatchObject({ findBy: 'conversionId', conversionId: '7' });
	});

	it('are empty, off or safe by default', () => {
		const getDefault = (name: string) =>
			description.properties.find((property) => property.name === name)?.default;
		const options = description.properties.find(({ name }) => name === 'options')
			?.options as INodeProperties[];
		const defaults = Object.fromEntries(options.map(({ name, default: value }) => [name, value]));
		expect(defaults).toEqual({
			...{ dryRun: true, maxConcurrent: 20, pageSize: 500, retries: 4 },
			...{ searchDays: 30, startAtRow: 1, timeout: 60, onlyIfStatusIs: [] },
		});
		expect([getDefault('operation'), getDefault('status'), getDefault('returnAll')]).toEqual([
			'query',
			'',
			false,
		]);
	});
});

describe('the words of the form', () => {
	/** All fields, members of collections and options included, with the way to each. */
	function all(): Array<[string, INodeProperties]> {
		return description.properties.flatMap((property): Array<[string, INodeProperties]> => [
			[property.name, property],
			...(property.type === 'collection' ? (property.options as INodeProperties[]) : []).map(
				(member): [string, INodeProperties] => [`${property.name}.${member.name}`, member],
			),
		]);
	}
	/** What a list offers; an entry that stands for no choice is left out. */
	const choices = ({ type, options }: INodeProperties) =>
		type === 'options'
			? (options as INodePropertyOptions[]).filter(({ value }) => value !== '')
			: [];

	it('say of every field what it is; one sentence has no period', () => {
		const texts = all().flatMap(([way, property]) => [
			[way, property.description],
			...choices(property).map(({ name, description: text }) => [`${way}: ${name}`, text]),
		]);
		const required = all().filter(([, { type, noDataExpression }]) => {
			return !['collection', 'hidden'].includes(type) && !(noDataExpression && type === 'options');
		});
		expect(required.filter(([, { description: text }]) => !text).map(([way]) => way)).toEqual([]);
		const odd = texts.filter(([, text]) => {
			if (!text) return false;
			const sentences = text.split(/\.\s+(?=[A-Z])/).length;
			return /^[a-z]/.test(text.replace('CAKE’s', '')) || text.endsWith('.') !== sentences > 1;
		});
		expect(odd).toEqual([]);
	});

	it('keep to n8n’s rules for placeholders, switches, hints and order', () => {
		const wrong = all().flatMap(
			([way, { type, placeholder, description: text = '', hint = '' }]) => [
				...(type === 'string' && !placeholder?.startsWith('e.g. ') ? [`${way}: placeholder`] : []),
				...(type === 'collection' && !placeholder?.startsWith('Add ') ? [`${way}: button`] : []),
				...(type === 'boolean' && !text.startsWith('Whether ') ? [`${way}: Whether`] : []),
				...(hint.length > 120 || hint.endsWith('.') ? [`${way}: hint`] : []),
			],
		);
		expect(wrong).toEqual([]);
		const lists = all().flatMap(([way, property]) => {
			const names =
				property.type === 'collection'
					? (property.options as INodeProperties[]).map(({ displayName }) => displayName)
					: choices(property).map(({ name }) => name);
			// As a reader sorts, whatever the case of the letters.
			const sorted = [...names].sort((one, other) => one.localeCompare(other, 'en'));
			return names.join() === sorted.join() ? [] : [way];
		});
		expect(lists).toEqual([]);
	});

	const member = (way: string) => all().find(([name]) => name === way)?.[1];

	it('say what each range of days and each status means', () => {
		for (const way of ['dateRange', 'status']) {
			const unexplained = choices(member(way) as INodeProperties).filter(
				({ description: text }) => !text,
			);
			expect(unexplained.map(({ name }) => `${way}: ${name}`)).toEqual([]);
		}
	});

	it('name the unit of a time, and the sub IDs as CAKE’s users and its API do', () => {
		expect(member('options.timeout')?.displayName).toBe('Timeout (Seconds)');
		expect(member('additionalFields.adv3')?.displayName).toBe('Sub ID 3 (Adv3)');
	});

	it('begin the list of statuses with one that stands for no choice, and demand another', () => {
		const { options = [], required } = member('status') as INodeProperties;
		expect(options[0]).toEqual({ name: 'Choose a Status', value: '' });
		expect(required).toBe(true);
	});

	it('find the node in n8n’s panel', () => {
		const { codex } = description;
		expect(codex?.categories).toEqual(['Marketing & Content', 'Sales', 'Analytics']);
		expect(codex?.alias).toEqual(
			expect.arrayContaining(['affiliate', 'tracking', 'postback', 'payout', 'getcake']),
		);
	});

	it.each([
		[{ operation: 'record' }, 'Record Conversion'],
		[{ operation: 'query', options: { dryRun: true } }, 'Query Conversions'],
		[{}, 'Query Conversions'],
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
	])('say below a node with %j: %s', (parameters, subtitle) => {
		const { workflow, node } = inWorkflow(parameters);
		const said = workflow.expression.getSimpleParameterValue(
			node,
			description.subtitle,
			'internal',
			{},
		);
		expect(said).toBe(subtitle);
	});
});

describe('as a tool, n8n tells an AI agent', () => {
	it.each([
		['record', 'Record conversion by click ID and unique ID in CAKE Conversions'],
		['query', 'Query conversions by date range in CAKE Conversions'],
		['update', 'Update conversion status by ID in CAKE Conversions'],
	])('of %s: %s', (operation, text) => {
		const { workflow, node } = inWorkflow({ operation });
		const nodeType = workflow.nodeTypes.getByNameAndVersion(node.type);
		const { NodeHelpers, nodeNameToToolName } = workflowPackage;
		expect(NodeHelpers.getToolDescriptionForNode(node, nodeType)).toBe(text);
		// The editor names the node so, and the agent is told the name. OpenAI takes 64 characters.
		expect(nodeNameToToolName(text)).toBe(text.replace(/ /g, '_'));
	});
});

describe('the fields to drag before the first run', () => {
	it.each(['record', 'query', 'update'])('are found by n8n for %s', (operation) => {
		const nodeDir = `${packageDirectory}/dist/nodes/CakeConversions`;
		const { resource } = inWorkflow({ operation }).node.parameters;
		const place = { nodeDir, version: 1, resource: resource as string, operation };
		expect(core.loadOutputSchema(place)).toMatchObject({ type: 'object' });
	});
});
