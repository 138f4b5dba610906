import assert from 'node:assert/strict';
import { getBox, makeBox } from './boxes.mts';
import type { Editor } from './editor.mts';
import { eventually } from './eventually.mts';
import type { Box, Locator } from './playwright.mts';

/** Pixels of a picture below its last button. The next line of the form begins further down. */
const BELOW = 8;
/** n8n takes a text 200 ms after its last letter (`ParameterInput.vue`, `valueChangedDebounced`). */
const TEXT_TAKEN_AFTER_MS = 300;

/** A node's open form: its fields, and the output beside it. */
export class Form {
	readonly editor: Editor;

	constructor(editor: Editor) {
		this.editor = editor;
	}

	/** Finds a field by the name of its parameter. */
	field(parameter: string): Locator {
		return this.editor.byId(`parameter-input-${parameter}`);
	}

	async enter(parameter: string, text: string): Promise<void> {
		await this.type(this.field(parameter).locator('input, textarea'), text);
	}

	/** Types into an input, and waits until n8n has taken the text. Executed before, n8n has the old one. */
	async type(input: Locator, text: string): Promise<void> {
		await input.fill(text);
		// A timer of the page, since on a busy machine the page's own timers are late.
		const script = `new Promise((resolve) => setTimeout(resolve, ${TEXT_TAKEN_AFTER_MS}))`;
		await this.editor.page.evaluate(script);
	}

	/** Types a day, or a day and a time (`2026-01-31 14:30:00`), into a date field. */
	async enterDate(parameter: string, moment: string): Promise<void> {
		const { keyboard } = this.editor.page;
		await this.field(parameter).locator('input').click();
		await keyboard.type(moment);
		await keyboard.press('Enter');
		await eventually(async () => assert.equal(await this.readText(parameter), moment));
	}

	/** Chooses an option of a list by its name. */
	async choose(parameter: string, option: string): Promise<void> {
		await this.field(parameter).click();
		// The name comes first. A description below it may contain the name of another option.
		const item = this.editor.byId('parameter-input-item');
		await item.filter({ hasText: new RegExp(`^\\s*${option}`) }).click();
		await eventually(async () => assert.equal(await this.readText(parameter), option));
	}

	/** Turns a switch on or off. */
	async turn(parameter: string): Promise<void> {
		await this.field(parameter).locator('.el-switch').click();
	}

	/** Adds the field `name` to a collection, by the button with this label. */
	async add(button: string, name: string): Promise<void> {
		await this.collection(button).click();
		await this.editor.byId('collection-parameter-option').filter({ hasText: name }).click();
	}

	private collection(button: string): Locator {
		const buttons = this.editor.byId('collection-parameter-add');
		return buttons.locator(`input[placeholder="${button}"]`);
	}

	/** Gives the text that a field shows. */
	async readText(parameter: string): Promise<string> {
		return await this.field(parameter).locator('input, textarea').inputValue();
	}

	/** Opens the large editor of a field with an expression. It shows the result beside it. */
	async expand(parameter: string): Promise<void> {
		await this.field(parameter).hover();
		await this.field(parameter).locator('[data-test-id="expander"]').click();
	}

	/** Presses "Execute step". */
	async execute(): Promise<void> {
		await this.editor.byId('node-execute-button').click();
	}

	/** The panel beside the form. It shows the items, or the error. */
	get output(): Locator {
		return this.editor.byId('output-panel');
	}

	/** Waits until the output shows an error with this message and these descriptions. */
	async untilError(message: RegExp, ...descriptions: RegExp[]): Promise<void> {
		const find = (part: string) => this.output.locator(`[data-test-id="node-error-${part}"]`);
		await eventually(async () => {
			assert.match(await find('message').innerText(), message);
			const text = descriptions.length > 0 ? await find('description').innerText() : '';
			for (const description of descriptions) assert.match(text, description);
		});
	}

	/** Waits until n8n counts this many items in the output. */
	async untilItems(count: number): Promise<void> {
		const line = this.output.locator('[data-test-id="ndv-items-count"]');
		const wanted = `${count} ${count === 1 ? 'item' : 'items'}`;
		await this.output.locator('[data-test-id="node-run-status-success"]').waitFor();
		await eventually(async () => assert.equal((await line.innerText()).trim(), wanted));
	}

	/** Gives the column names of the output as a table. n8n shows another view after some nodes. */
	async readColumns(): Promise<string[]> {
		await this.output.locator('[data-test-id="radio-button-table"]').click();
		const texts = await this.output.locator('th').allInnerTexts();
		return texts.map((text) => text.trim()).filter((text) => text !== '');
	}

	/** Waits until the first row of the output's table has these cells: column -> text. */
	async untilFirstRow(expected: Record<string, string>): Promise<void> {
		await eventually(async () => {
			const row = await this.readFirstRow();
			const shown = Object.keys(expected).map((column) => [column, row[column]]);
			assert.deepEqual(Object.fromEntries(shown), expected);
		});
	}

	private async readFirstRow(): Promise<Record<string, string>> {
		const columns = await this.readColumns();
		const row = this.output.locator('tbody tr').filter({ hasText: /\S/ }).first();
		const cells = (await row.locator('td').allInnerTexts()).map((text) => text.trim());
		return Object.fromEntries(columns.map((column, position) => [column, cells[position]]));
	}

	/** Drags the form's handle to `x` pixels from the window's left edge, or as near as it goes. */
	async drag(x: number): Promise<void> {
		const { mouse } = this.editor.page;
		const handle = await getBox(this.editor.byId('panel-drag-button'));
		await mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
		await mouse.down();
		await mouse.move(x, handle.y, { steps: 5 });
		await mouse.up();
		await mouse.move(0, 0);
	}

	/** Gives the box of form and output. It ends below a collection's button, if one is named. */
	async getBox(button?: string): Promise<Box> {
		const fields = await getBox(this.editor.byId('node-parameters'));
		const output = await getBox(this.output);
		const lowest = button && (await getBox(this.collection(button)));
		const bottom = lowest ? lowest.y + lowest.height + BELOW : output.y + output.height;
		return makeBox(fields.x, output.y, output.x + output.width - 1, bottom);
	}

	/** Returns to the canvas. */
	async close(): Promise<void> {
		await this.editor.byId('ndv-close-button').click();
		await this.editor.byId('node-parameters').waitFor({ state: 'hidden' });
	}
}
