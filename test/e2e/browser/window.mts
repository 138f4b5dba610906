import type { Progress } from '../../../harness/server/progress.mts';
import { findOrInstall, findProgram } from '../support/debian.mts';
import { PATIENCE_MS } from './eventually.mts';
import { loadPlaywright, type Page } from './playwright.mts';

const CHROMIUM = 'chromium';

const ARGUMENTS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** The size of the window and of its pictures. */
export const VIEWPORT = { width: 1280, height: 800 };

/** Not the workflows' zone (UTC): the browser's zone must not shift the dates entered. */
const BROWSER_ZONE = 'America/New_York';

/** Finds Chromium, or installs it. Gives the reason as text when it cannot. */
export async function findChromium(progress: Progress): Promise<{ path: string } | string> {
	const look = () => {
		const path = findProgram(CHROMIUM);
		return path === undefined ? undefined : { path };
	};
	return await findOrInstall({ name: 'Chromium', packages: [CHROMIUM], look }, progress);
}

/** Runs `work` with a window of a fresh browser. */
export async function withWindow(
	executablePath: string,
	work: (page: Page) => Promise<void>,
): Promise<void> {
	const { chromium } = await loadPlaywright();
	const ownEnding = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
	const browser = await chromium.launch({ executablePath, args: ARGUMENTS, ...ownEnding });
	try {
		const page = await browser.newPage({
			viewport: VIEWPORT,
			deviceScaleFactor: 1.5,
			colorScheme: 'light',
			timezoneId: BROWSER_ZONE,
			locale: 'en-US',
		});
		page.setDefaultTimeout(PATIENCE_MS);
		await work(page);
	} finally {
		await browser.close();
	}
}
