import type { IDataObject } from 'n8n-workflow';
import { loadWorkflow } from '../../../harness/engine/webhook-workflow.mts';
import { readParameters } from '../../support/examples.mts';
import { SALE_ITEM } from '../../support/postbacks.mts';

const FILE = 'postback-to-slack.json';

/** What the example tells Slack, on n8n's expressions. */
async function write(json: IDataObject): Promise<string> {
	const { assignments } = readParameters(FILE, 'Write the message') as {
		assignments: { assignments: Array<{ value: string }> };
	};
	const { workflow, node } = await loadWorkflow('example', {});
	const text = workflow.expression.getParameterValue(
		assignments.assignments[0].value,
		null,
		0,
		0,
		node.name,
		[{ json }],
		'webhook',
		{ $execution: { id: '1', mode: 'production', resumeUrl: '', resumeFormUrl: '' } },
	);
	return String(text);
}

describe('the message of postback-to-slack.json', () => {
	it.each([
		[{ payout: 0.0525, payout_text: '0.0525' }, 'payout 0.0525,'],
		[{ payout: 5, payout_text: '5.00' }, 'payout 5.00,'],
		[{ payout: undefined, payout_text: '5,00 & more' }, 'payout 5,00 &amp; more,'],
		[{ payout: undefined, payout_text: undefined }, 'payout –,'],
	])('has the payout as CAKE wrote it: %j', async (payout, words) => {
		expect(await write({ ...SALE_ITEM, ...payout })).toContain(words);
	});

	it('says that a conversion came again, and claims nothing about its values', async () => {
		expect(await write(SALE_ITEM)).toContain('*New conversion 4456789*');
		const [title] = (await write({ ...SALE_ITEM, repeat: true })).split('\n');
		expect(title).toBe('*Conversion 4456789 came again*');
	});
});

describe('the notes of postback-to-slack.json', () => {
	it('promise of repeats what the node keeps', () => {
		const { content } = readParameters(FILE, 'Note 2');
		expect(content).toContain(
			'**The same call starts the workflow once.** With other values it starts again',
		);
		expect(content).toContain('After a restart, or with several webhook processors,');
	});
});
