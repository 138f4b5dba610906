import { loadLocked } from '../support/locked.mts';

/** The part of Playwright used here. It is installed on demand, so its own types may be missing. */
export interface Playwright {
	chromium: { launch(options: LaunchOptions): Promise<Browser> };
}

export interface LaunchOptions {
	executablePath: string;
	args: string[];
	/** Whether Playwright handles these signals. It ends the browser with this process anyway. */
	handleSIGINT: boolean;
	handleSIGTERM: boolean;
	handleSIGHUP: boolean;
}

export interface Browser {
	newPage(options: {
		viewport: Size;
		deviceScaleFactor: number;
		colorScheme: 'light' | 'dark';
		timezoneId: string;
		locale: string;
	}): Promise<Page>;
	close(): Promise<void>;
}

export interface Size {
	width: number;
	height: number;
}

export interface Box extends Size {
	x: number;
	y: number;
}

/** A window. Its methods wait until an element is there and ready. */
export interface Page {
	goto(url: string): Promise<unknown>;
	locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
	emulateMedia(options: { colorScheme: 'light' | 'dark' }): Promise<void>;
	setViewportSize(size: Size): Promise<void>;
	setDefaultTimeout(milliseconds: number): void;
	setExtraHTTPHeaders(headers: Record<string, string>): Promise<void>;
	/** Runs a script in the page. Waits for the promise that it gives. */
	evaluate(script: string): Promise<unknown>;
	screenshot(options: { path: string; clip?: Box; animations?: 'disabled' }): Promise<unknown>;
	keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
	mouse: {
		move(x: number, y: number, options?: { steps?: number }): Promise<void>;
		down(): Promise<void>;
		up(): Promise<void>;
	};
}

/** Elements of a page. Each use finds them again. */
export interface Locator {
	locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
	filter(options: { hasText?: string | RegExp; visible?: boolean }): Locator;
	getByText(text: string | RegExp): Locator;
	first(): Locator;
	last(): Locator;
	all(): Promise<Locator[]>;
	click(options?: { timeout?: number; clickCount?: number }): Promise<void>;
	dblclick(): Promise<void>;
	hover(): Promise<void>;
	fill(text: string): Promise<void>;
	setInputFiles(file: { name: string; mimeType: string; buffer: Buffer }): Promise<void>;
	waitFor(options?: { state: 'visible' | 'hidden'; timeout?: number }): Promise<void>;
	count(): Promise<number>;
	isVisible(): Promise<boolean>;
	innerText(): Promise<string>;
	allInnerTexts(): Promise<string[]>;
	inputValue(): Promise<string>;
	getAttribute(name: string): Promise<string | null>;
	boundingBox(): Promise<Box | null>;
}

/** Loads Playwright's core, without a browser. Installs it first if it is missing. */
export async function loadPlaywright(): Promise<Playwright> {
	const what = 'what drives the browser (once, 15 MB)';
	return await loadLocked<Playwright>(import.meta.dirname, 'playwright-core', what);
}
