import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { LOGS_DIRECTORY, ROOT } from '../../../harness/server/paths.mts';
import type { Editor } from './editor.mts';
import type { Box } from './playwright.mts';

const IMAGES_DIRECTORY = join(ROOT, 'docs/images');
const FAILURES_DIRECTORY = join(LOGS_DIRECTORY, 'e2e-browser');

/** Runs checks in a window, with a picture of each failure. Takes the documentation's pictures. */
export class Pictures {
	private readonly t: TestContext;
	private readonly editor: Editor;
	private readonly shouldTake: boolean;

	/** `shouldTake` says whether to take the documentation's pictures. */
	constructor(t: TestContext, editor: Editor, shouldTake: boolean) {
		this.t = t;
		this.editor = editor;
		this.shouldTake = shouldTake;
	}

	/** Runs one check. If it fails, keeps a picture of the window, and names its file. */
	async check(what: string, work: () => Promise<void>): Promise<void> {
		await this.t.test(what, async (check) => {
			try {
				await work();
			} catch (error) {
				check.diagnostic(await this.keep(what));
				// The picture may be lost with the machine. n8n's notifications often name the reason.
				for (const text of await this.editor.readToasts()) check.diagnostic(`n8n says: ${text}`);
				throw error;
			}
		});
	}

	/** Takes a picture for the documentation, of the box that `prepare` gives. */
	async take(name: string, prepare: () => Promise<Box>): Promise<void> {
		if (!this.shouldTake) return;
		await this.t.test(`the picture ${name} can be taken`, async () => {
			await this.editor.closeToasts();
			const clip = await prepare();
			mkdirSync(IMAGES_DIRECTORY, { recursive: true });
			const path = join(IMAGES_DIRECTORY, `${name}.png`);
			await this.editor.page.screenshot({ path, clip, animations: 'disabled' });
		});
	}

	/** Takes a picture of a failed check. Gives a line that names it. */
	private async keep(what: string): Promise<string> {
		mkdirSync(FAILURES_DIRECTORY, { recursive: true });
		const name = what.replace(/\W+/g, '-').slice(0, 60);
		const path = join(FAILURES_DIRECTORY, `${name}.png`);
		const taken = await this.editor.page.screenshot({ path }).then(
			() => true,
			() => false,
		);
		return taken ? `picture: ${relative(ROOT, path)}` : 'no picture could be taken';
	}
}
