import assert from 'node:assert/strict';
import { getBox, getBoxAround } from './boxes.mts';
import { eventually } from './eventually.mts';
import type { Form } from './form.mts';
import type { Box, Locator } from './playwright.mts';

/** A field of an open form with By ID and From List: n8n's resource locator. */
export class ResourceLocator {
	private readonly form: Form;
	private readonly parameter: string;

	/** `parameter` is the name of the field's parameter. */
	constructor(form: Form, parameter: string) {
		this.form = form;
		this.parameter = parameter;
	}

	/** Chooses a mode by n8n's name for it. */
	async switchTo(mode: 'By ID' | 'From list'): Promise<void> {
		await this.modeInput.click();
		const name = mode === 'By ID' ? 'mode-id' : 'mode-list';
		await this.form.editor.byId(name).click();
		await eventually(async () => assert.equal(await this.readMode(), mode));
	}

	/** Gives the name of the mode; '' for a value saved without one. */
	async readMode(): Promise<string> {
		return await this.modeInput.inputValue();
	}

	/** Gives the ID, or the chosen entry of the list. */
	async readText(): Promise<string> {
		return await this.input.inputValue();
	}

	/** Enters an ID. */
	async enter(text: string): Promise<void> {
		await this.form.type(this.input, text);
	}

	/** Opens the list. */
	async open(): Promise<void> {
		await this.input.click();
	}

	/** Searches in the open list, until it has these entries and no others. */
	async search(words: string, entries: string[]): Promise<void> {
		await this.form.editor.byId('rlc-search').fill(words);
		await eventually(async () => {
			const texts = await this.entries.allInnerTexts();
			assert.deepEqual(
				texts.map((text) => text.trim()),
				entries,
			);
		});
	}

	/** Chooses an entry of the open list by its full text. */
	async choose(entry: string): Promise<void> {
		await this.entries.filter({ hasText: entry }).click();
		await eventually(async () => assert.equal(await this.readText(), entry));
	}

	/** Points at an entry of the open list, as before a click. */
	async pointAt(entry: string): Promise<void> {
		await this.entries.filter({ hasText: entry }).hover();
	}

	/** Gives the text that the open list shows in place of its entries. */
	async readError(): Promise<string> {
		return await this.error.innerText();
	}

	/** Gives the box of what the open list shows: its entries, or the error. */
	async getListBox(): Promise<Box> {
		if ((await this.entries.count()) > 0) return await getBoxAround(this.entries);
		return await getBox(this.error);
	}

	private get entries(): Locator {
		return this.form.editor.byId('rlc-item');
	}

	private get error(): Locator {
		return this.form.editor.byId('rlc-error-container');
	}

	private get modeInput(): Locator {
		return this.form.field(this.parameter).locator('[data-test-id="rlc-mode-selector"] input');
	}

	private get input(): Locator {
		const container = '[data-test-id="rlc-input-container"]';
		return this.form.field(this.parameter).locator(`${container} input`).first();
	}
}
