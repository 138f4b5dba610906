import assert from 'node:assert/strict';
import { OWNER } from '../../../harness/server/owner.mts';
import { eventually } from './eventually.mts';
import type { Locator, Page } from './playwright.mts';

const CLOSE_WITHIN_MS = 500;

/** n8n's editor in a window: its canvas and node panel. The form of a node is in form.mts. */
export class Editor {
	readonly page: Page;
	private readonly origin: string;

	/** `origin` is n8n's address, without a slash at its end. */
	constructor(page: Page, origin: string) {
		this.page = page;
		this.origin = origin;
	}

	/** Finds the visible elements that n8n's own tests know by this ID. */
	byId(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`).filter({ visible: true });
	}

	/** Signs the owner in by the form. */
	async signIn(): Promise<void> {
		await this.page.goto(`${this.origin}/signin`);
		await this.page.locator('input[name="emailOrLdapLoginId"]').fill(OWNER.email);
		await this.page.locator('input[name="password"]').fill(OWNER.password);
		await this.byId('form-submit-button').click();
		await this.byId('main-sidebar-settings').waitFor();
	}

	/** Opens a new, empty workflow. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/new`);
		await this.byId('canvas-plus-button').waitFor();
	}

	/** Opens a saved workflow, zoomed to fit. */
	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/${id}`);
		await this.byId('canvas-node').first().waitFor();
		await this.byId('zoom-to-fit').click();
	}

	/** Opens the form of a node of the open workflow. */
	async openNode(name: string): Promise<void> {
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
		await this.byId('node-parameters').waitFor();
		// Away from the form: it shows more of the field that the mouse is at.
		await this.page.mouse.move(0, 0);
	}

	/** Opens a new workflow that the editor's button starts. */
	async newManualWorkflow(): Promise<void> {
		await this.newWorkflow();
		await this.byId('canvas-plus-button').click();
		await this.search('Trigger manually');
		await this.panelEntry('Trigger manually').click();
		await this.byId('canvas-node').waitFor();
	}

	/** Opens the node panel of a workflow that has a trigger. */
	async openPanel(): Promise<void> {
		await this.byId('node-creator-plus-button').click();
		await this.byId('node-creator-search-bar').waitFor();
	}

	/** The entries that the node panel lists now: nodes, or the actions of a node. */
	panelEntries(): Locator {
		return this.byId('node-creator-item-name');
	}

	/** The entry of exactly this name: "CAKE Conversions" is not "CAKE Conversions Trigger". */
	panelEntry(name: string): Locator {
		return this.panelEntries().filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) });
	}

	/** Searches in the node panel. */
	async search(words: string): Promise<void> {
		await this.byId('node-creator-search-bar').fill(words);
	}

	/** Adds the CAKE node by one of its actions. Its form opens. */
	async addAction(action: string): Promise<void> {
		await this.openPanel();
		await this.search('CAKE');
		await this.panelEntry('CAKE Conversions').click();
		await this.panelEntry(action).click();
		await this.byId('node-parameters').waitFor();
	}

	/** Gives the texts of n8n's notifications, each in one line. */
	async readToasts(): Promise<string[]> {
		const texts = await this.toasts.allInnerTexts();
		return texts.map((text) => text.replace(/\s+/g, ' ').trim());
	}

	/** Closes n8n's notifications, and new ones that appear meanwhile. They would hide elements. */
	async closeToasts(): Promise<void> {
		await eventually(async () => {
			for (const toast of await this.toasts.all()) {
				const button = toast.locator('.el-notification__closeBtn');
				// A notification that disappears by itself counts as closed.
				await button.click({ timeout: CLOSE_WITHIN_MS }).catch(() => undefined);
			}
			assert.equal(await this.toasts.count(), 0);
		});
	}

	private get toasts(): Locator {
		return this.page.locator('.el-notification').filter({ visible: true });
	}
}
