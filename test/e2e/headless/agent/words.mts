import assert from 'node:assert/strict';
import { nodeTypes } from '../../../../harness/server/package.mts';
import type { ToldTool } from '../../support/scripted-model.mts';
import { type Stage, talk } from './stage.mts';
import { CHECK, GET, QUERY, RECORD, type Tool, toldName, UPDATE } from './tools.mts';

const ASKED: Array<[Tool, string[]]> = [
	[RECORD, ['Click_ID', 'Offer', 'Unique_ID', 'Conversion_Date', 'Payout']],
	[QUERY, ['Start_Date', 'End_Date', 'Return_All', 'Limit', 'Offer']],
	[GET, ['Order_ID']],
	[CHECK, []],
	[UPDATE, ['Conversion_ID', 'Status', 'Note']],
];

/** Checks the tools as a model gets them, and their form in the editor. */
export async function checkWords(stage: Stage): Promise<void> {
	const { fresh, t } = stage;

	for (const [tool, fields] of ASKED) {
		await t.test(`a model gets the fields of the tool "${tool.name}"`, async (check) => {
			const { told } = await talk(stage, [{ tool, given: makeEmpty(fields) }]);
			const [{ name, description, parameters }] = told;
			check.diagnostic(describeTool(told[0]));
			assert.equal(name, toldName(tool));
			assert.equal(description, tool.name);
			assert.deepEqual(Object.keys(parameters.properties), fields);
		});
	}

	await t.test('the form of the tool has every field of the node', async () => {
		const types = await nodeTypes(fresh.instance);
		const listProperties = (name: string) =>
			types.find((type) => type.name === `${fresh.packed.name}.${name}`)?.properties as Array<{
				name: string;
			}>;
		const own = listProperties('cakeConversionsTool').filter(
			({ name }) => !['descriptionType', 'toolDescription'].includes(name),
		);
		assert.deepEqual(own, listProperties('cakeConversions'));
	});
}

/** Makes empty values. The node refuses them, so that nothing is sent. */
function makeEmpty(fields: string[]): Record<string, unknown> {
	return Object.fromEntries(fields.map((field) => [field, '']));
}

function describeTool({ name, description, parameters }: ToldTool): string {
	const fields = Object.entries(parameters.properties).map(
		([field, { type, description: text }]) => `${field}: ${type}${text ? ` (${text})` : ''}`,
	);
	return `the model is told: ${name}: "${description}"; ${fields.join(', ')}`;
}
