import assert from 'node:assert/strict';
import { importWorkflow, type Workflow } from '../../../harness/server/workflows.mts';
import { buildAgentWorkflow } from '../headless/agent/workflow.mts';
import { buildWorkflow, CAKE, START } from '../support/workflows.mts';
import { makeBox, getBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import { ResourceLocator } from './locator.mts';
import type { Box } from './playwright.mts';
import type { Stage } from './stage.mts';

const WORDS = 'insurance';
const OFFERS = [
	'Auto Insurance Lead - US/CA (12002)',
	'Life Insurance Callback - UK (12017)',
	'Pet Insurance Quote - SE (12031)',
];
const [CHOSEN] = OFFERS;
const OFFER_ID = 12002;

const SAVED_CHOICE = { __rl: true, mode: 'list', value: OFFER_ID, cachedResultName: CHOSEN };
/** What n8n saves when By ID is chosen for a number that was saved without a mode. */
const PLAIN_BY_ID = { __rl: true, mode: 'id', value: OFFER_ID };

/** Checks the fields with By ID and From List, in saved workflows that use the sandbox credential. */
export async function checkNames(stage: Stage): Promise<void> {
	await checkChoice(stage);
	await checkFilter(stage);
	await checkListError(stage);
	await checkPlainNumbers(stage);
	await checkExpression(stage);
	await checkTool(stage);
}

async function checkChoice(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const offer = new ResourceLocator(form, 'offerId');
	const { clickId } = sandbox.account.addClick({ offerId: OFFER_ID });
	const id = await openNode(stage, buildWorkflow('Offer from the list', makeRecord(clickId)));

	await pictures.check('Offer can be searched in the list by a part of its name', async () => {
		await offer.switchTo('From list');
		await offer.open();
		await offer.search(WORDS, OFFERS);
		await offer.pointAt(CHOSEN);
	});
	await pictures.take('offer-from-list', () => getFieldsBox(form, offer));

	await pictures.check('Record takes the offer that was chosen from the list', async () => {
		await offer.choose(CHOSEN);
		await form.execute();
		await form.untilItems(1);
		assert.equal(findOffer(stage, clickId), OFFER_ID);
		await untilSaved(stage, id, (parameters) => parameters.offerId, SAVED_CHOICE);
	});

	await pictures.check('By ID shows the number of the offer chosen from the list', async () => {
		await offer.switchTo('By ID');
		assert.equal(await offer.readText(), String(OFFER_ID));
	});
}

async function checkFilter(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const offer = new ResourceLocator(form, 'offerId');
	const { account } = sandbox;
	const { conversionId } = account.addConversion({ offerId: OFFER_ID });
	const id = await openNode(
		stage,
		buildWorkflow('Filter from the list', {
			operation: 'query',
			dateRange: 'today',
			returnAll: true,
		}),
	);

	await pictures.check('Query filters by the offer that was chosen from the list', async () => {
		await form.add('Add Filter', 'Offer');
		await offer.switchTo('From list');
		await offer.open();
		await offer.search(WORDS, OFFERS);
		await offer.choose(CHOSEN);
		await form.execute();
		await form.untilFirstRow({ conversion_id: String(conversionId), offer_id: String(OFFER_ID) });
		await untilSaved(stage, id, ({ filters }) => filters, { offerId: SAVED_CHOICE });
	});
}

async function checkListError(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const offer = new ResourceLocator(form, 'offerId');
	const { clickId } = sandbox.account.addClick({ offerId: OFFER_ID });
	await openNode(stage, buildWorkflow('Without a list', makeRecord(clickId)));

	sandbox.directory.access = 'absent';
	try {
		await pictures.check('From List says to choose By ID when CAKE gives no list', async () => {
			await offer.switchTo('From list');
			await offer.open();
			await eventually(async () => {
				const text = await offer.readError();
				assert.match(text, /CAKE gave no list of offers/);
				assert.match(text, /Choose By ID and enter the number/);
			});
		});
		await pictures.take('list-error', () => getFieldsBox(form, offer));
	} finally {
		sandbox.directory.access = 'served';
	}

	await pictures.check('By ID works where CAKE gave no list', async () => {
		await offer.switchTo('By ID');
		await offer.enter(String(OFFER_ID));
		await form.execute();
		await form.untilItems(1);
		assert.equal(findOffer(stage, clickId), OFFER_ID);
	});
}

async function checkPlainNumbers(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const offer = new ResourceLocator(form, 'offerId');
	const { account } = sandbox;
	const { clickId } = account.addClick({ offerId: OFFER_ID });

	await pictures.check('a plain number saved as Offer is shown, used, and kept By ID', async () => {
		const parameters = { ...makeRecord(clickId), offerId: OFFER_ID };
		const id = await openNode(stage, buildWorkflow('Plain number', parameters));
		assert.equal(await offer.readText(), String(OFFER_ID));
		assert.equal(await editor.byId('parameter-issues').count(), 0);
		await form.execute();
		await form.untilItems(1);
		assert.equal(findOffer(stage, clickId), OFFER_ID);
		await offer.switchTo('By ID');
		await untilSaved(stage, id, ({ offerId }) => offerId, PLAIN_BY_ID);
	});

	await pictures.check(
		'a plain number saved as a filter is shown, used, and kept By ID',
		async () => {
			const { conversionId } = account.addConversion({ offerId: OFFER_ID });
			const parameters = { operation: 'query', dateRange: 'today', returnAll: true };
			const id = await openNode(
				stage,
				buildWorkflow('Plain filter', { ...parameters, filters: { offerId: OFFER_ID } }),
			);
			assert.equal(await offer.readText(), String(OFFER_ID));
			assert.equal(await editor.byId('parameter-issues').count(), 0);
			await form.execute();
			await form.untilFirstRow({ conversion_id: String(conversionId), offer_id: String(OFFER_ID) });
			await offer.switchTo('By ID');
			await untilSaved(stage, id, ({ filters }) => filters, { offerId: PLAIN_BY_ID });
		},
	);
}

async function checkExpression(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const offer = new ResourceLocator(form, 'offerId');
	const { clickId } = sandbox.account.addClick({ offerId: OFFER_ID });
	const workflow = buildWorkflow('Offer by expression', makeRecord(clickId));
	const pinData = { [START]: [{ json: { offer: OFFER_ID } }] };
	const id = await openNode(stage, { ...workflow, pinData });

	await pictures.check('By ID takes an expression', async () => {
		await offer.enter('={{ $json.offer }}');
		await form.execute();
		await form.untilItems(1);
		assert.equal(findOffer(stage, clickId), OFFER_ID);
		await untilSaved(stage, id, (parameters) => parameters.offerId, {
			__rl: true,
			mode: 'id',
			value: '={{ $json.offer }}',
		});
	});
}

/** Checks the button "Let the model define this parameter" of an AI agent's tool. */
async function checkTool(stage: Stage): Promise<void> {
	const { editor, pictures } = stage;
	const form = new Form(editor);
	const tool = { name: CAKE, parameters: makeRecord('click') };
	const openAi = { id: 'none', name: 'none' };
	const id = await openNode(stage, buildAgentWorkflow('Offer by a model', [tool], openAi, 3.1));

	await pictures.check('a model can define the offer of a tool', async () => {
		await form.field('offerId').locator('[data-test-id="from-ai-override-button"]').click();
		await untilSaved(stage, id, (parameters) => parameters.offerId, {
			__rl: true,
			mode: 'id',
			value: "={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('Offer', ``, 'string') }}",
		});
	});
}

function makeRecord(clickId: string): Workflow['nodes'][0]['parameters'] {
	return { operation: 'record', clickId, uniqueId: `names-${clickId}` };
}

/** Saves a workflow, and opens the form of its CAKE node. Gives the ID of the workflow. */
async function openNode({ editor, instance }: Stage, workflow: Workflow): Promise<string> {
	const { id } = await importWorkflow(instance, workflow);
	await editor.openWorkflow(id);
	await editor.openNode(CAKE);
	return id;
}

/** Waits until n8n has saved this value in the CAKE node. */
async function untilSaved(
	{ instance }: Stage,
	workflowId: string,
	read: (parameters: Record<string, unknown>) => unknown,
	expected: unknown,
): Promise<void> {
	await eventually(async () => {
		const { nodes } = await instance.rest.get<Workflow>(`/workflows/${workflowId}`);
		const parameters = nodes.find(({ name }) => name === CAKE)?.parameters ?? {};
		assert.deepEqual(read(parameters), expected);
	});
}

/** Gives the offer of the only conversion of a click. */
function findOffer({ sandbox }: Stage, clickId: string): number {
	const rows = [...sandbox.account.conversions.values()].filter((row) => row.clickId === clickId);
	assert.equal(rows.length, 1);
	return rows[0].offerId;
}

/** Gives the box of the form from its first field to the end of the open list. */
async function getFieldsBox({ editor }: Form, field: ResourceLocator): Promise<Box> {
	const fields = await getBox(editor.byId('node-parameters'));
	const list = await field.getListBox();
	return makeBox(fields.x, fields.y, fields.x + fields.width, list.y + list.height + 8);
}
