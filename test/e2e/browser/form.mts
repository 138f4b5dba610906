import assert from 'node:assert/strict';
import { between, getBox } from './boxes.mts';
import type { Editor } from './editor.mts';
import { eventually } from './eventually.mts';
import type { Box, Locator } from './playwright.mts';

/** What stays free below a button that ends a picture: less than there is to the next line. */
const BELOW = 8;

/** The open form of a node: its fields, and what its run gave. */
export class Form {
	readonly editor: Editor;

	constructor(editor: Editor) {
		this.editor = editor;
	}

	/** A field, by the name that the node's parameters have. */
	field(parameter: string): Locator {
		return this.editor.byId(`parameter-input-${parameter}`);
	}

	/** Enters a text. */
	async enter(parameter: string, text: string): Promise<void> {
		await this.field(parameter).locator('input, textarea').fill(text);
	}

	/** Enters a day, or a day and a time (`2026-01-31 14:30:00`), into such a field, by keyboard. */
	async enterDate(parameter: string, moment: string): Promise<void> {
		const { keyboard } = this.editor.page;
		await this.field(parameter).locator('input').click();
		await keyboard.type(moment);
		await keyboard.press('Enter');
		await eventually(async () => assert.equal(await this.textIn(parameter), moment));
	}

	/** Chooses from a list. */
	async choose(parameter: string, option: string): Promise<void> {
		await this.field(parameter).click();
		// The name comes first; a description below it may have the words of another name.
		const item = this.editor.byId('parameter-input-item');
		await item.filter({ hasText: new RegExp(`^\\s*${option}`) }).click();
		await eventually(async () => assert.equal(await this.textIn(parameter), option));
	}

	/** Turns a switch. */
	async turn(parameter: string): Promise<void> {
		await this.field(parameter).locator('.el-switch').click();
	}

	/** Adds a field of a collection, by the button of this label. */
	async add(button: string, name: string): Promise<void> {
		await this.collection(button).click();
		await this.editor.byId('collection-parameter-option').filter({ hasText: name }).click();
	}

	private collection(button: string): Locator {
		const buttons = this.editor.byId('collection-parameter-add');
		return buttons.locator(`input[placeholder="${button}"]`);
	}

	/** What a field shows. */
	async textIn(parameter: string): Promise<string> {
		return await this.field(parameter).locator('input, textarea').inputValue();
	}

	/** Presses "Execute step". */
	async execute(): Promise<void> {
		await this.editor.byId('node-execute-button').click();
	}

	/** The panel beside the form: items, or the error. */
	get output(): Locator {
		return this.editor.byId('output-panel');
	}

	/** Waits until the output shows an error of this message and description. */
	async untilError(message: RegExp, ...descriptions: RegExp[]): Promise<void> {
		const shown = (part: string) => this.output.locator(`[data-test-id="node-error-${part}"]`);
		await eventually(async () => {
			assert.match(await shown('message').innerText(), message);
			const text = descriptions.length > 0 ? await shown('description').innerText() : '';
			for (const description of descriptions) assert.match(text, description);
		});
	}

	/** Waits until the output has so many items, as n8n counts them there. */
	async untilItems(count: number): Promise<void> {
		const line = this.output.locator('[data-test-id="ndv-items-count"]');
		const wanted = `${count} ${count === 1 ? 'item' : 'items'}`;
		await this.output.locator('[data-test-id="node-run-status-success"]').waitFor();
		await eventually(async () => assert.equal((await line.innerText()).trim(), wanted));
	}

	/** The head of the output's table. */
	async columns(): Promise<string[]> {
		const texts = await this.output.locator('th').allInnerTexts();
		return texts.map((text) => text.trim()).filter((text) => text !== '');
	}

	/** Waits until the first row of the output's table has these cells, by their column. */
	async untilFirstRow(expected: Record<string, string>): Promise<void> {
		await eventually(async () => {
			const row = await this.firstRow();
			const seen = Object.keys(expected).map((column) => [column, row[column]]);
			assert.deepEqual(Object.fromEntries(seen), expected);
		});
	}

	private async firstRow(): Promise<Record<string, string>> {
		const columns = await this.columns();
		const row = this.output.locator('tbody tr').filter({ hasText: /\S/ }).first();
		const cells = (await row.locator('td').allInnerTexts()).map((text) => text.trim());
		return Object.fromEntries(columns.map((column, position) => [column, cells[position]]));
	}

	/** Moves the form, by its handle, to this distance from the window's left edge, or as near. */
	async drag(x: number): Promise<void> {
		const { mouse } = this.editor.page;
		const handle = await getBox(this.editor.byId('panel-drag-button'));
		await mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
		await mouse.down();
		await mouse.move(x, handle.y, { steps: 5 });
		await mouse.up();
		await mouse.move(0, 0);
	}

	/** Where form and output are in the window; down to a button of a collection, if one is given. */
	async box(button?: string): Promise<Box> {
		const fields = await getBox(this.editor.byId('node-parameters'));
		const output = await getBox(this.output);
		const lowest = button && (await getBox(this.collection(button)));
		const bottom = lowest ? lowest.y + lowest.height + BELOW : output.y + output.height;
		return between(fields.x, output.y, output.x + output.width - 1, bottom);
	}

	/** Back to the canvas. */
	async close(): Promise<void> {
		await this.editor.byId('ndv-close-button').click();
		await this.editor.byId('node-parameters').waitFor({ state: 'hidden' });
	}
}
