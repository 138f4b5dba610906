import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORM_AUTHORIZATION } from '../../../../harness/server/credentials.mts';
import { endOfExecution, type Execution } from '../../../../harness/server/executions.mts';
import type { Instance } from '../../../../harness/server/instance.mts';

const ASK_EVERY_MS = 150;
const WITHIN_MS = 60_000;

/** The outcome of a submitted form. */
export interface Submission {
	/** The page at its end, as HTML. */
	lastPage: string;
	execution: Execution;
}

/** A page of a form that waits for its reader, as HTML. */
export interface FormPage {
	html: string;
	/** Presses the button of a page that has no fields. Gives the next page. */
	press(): Promise<FormPage>;
	/** Reads the last page to its end. Gives the execution. */
	finish(): Promise<Execution>;
}

/**
 * Submits a form at its production address. Sends the same requests as n8n's pages in a browser.
 * @param fields in the order of the form
 * @returns the page after it
 */
export async function openForm(
	instance: Instance,
	path: string,
	...fields: Array<File | string>
): Promise<FormPage> {
	const form = new FormData();
	fields.forEach((field, index) => form.append(`field-${index}`, field));
	const address = `${instance.url}/form/${path}`;
	const token = await signIn(address);
	const submitted = await request(address, 'POST', form, { 'x-auth-token': token });
	const { formWaitingUrl: url } = JSON.parse(submitted) as { formWaitingUrl: string };
	const readPage = async (before?: string): Promise<FormPage> => {
		await untilPageWaits(url);
		const html = await request(url);
		// n8n may not have left the page before yet.
		if (html === before) return await readPage(before);
		return {
			html,
			async press() {
				await request(url, 'POST', new FormData());
				return await readPage(html);
			},
			async finish() {
				await request(url, 'POST');
				const executionId = new URL(url).pathname.split('/').at(-1) ?? '';
				return await endOfExecution(instance, executionId);
			},
		};
	};
	return await readPage();
}

/** Submits a form whose next page is its last one. */
export async function submitForm(...form: Parameters<typeof openForm>): Promise<Submission> {
	const page = await openForm(...form);
	return { lastPage: page.html, execution: await page.finish() };
}

/** Opens a form with its login. Gives the token with which n8n's page submits it. */
async function signIn(address: string): Promise<string> {
	const html = await request(address, 'GET', undefined, { authorization: FORM_AUTHORIZATION });
	const [, token] = /const authToken = '([^']+)'/.exec(html) ?? [];
	assert.ok(token, 'the page has no token');
	return token;
}

async function untilPageWaits(formWaitingUrl: string): Promise<void> {
	const statusUrl = new URL(formWaitingUrl);
	statusUrl.pathname += '/n8n-execution-status';
	const deadline = Date.now() + WITHIN_MS;
	let status = '';
	while (Date.now() < deadline) {
		status = (await request(statusUrl.href)).trim();
		if (status === 'form-waiting') return;
		assert.match(status, /^(new|running|waiting)$/, 'the execution ended before its last page');
		await sleep(ASK_EVERY_MS);
	}
	throw new Error(`the form came to no last page: ${status}`);
}

async function request(
	url: string,
	method = 'GET',
	body?: FormData,
	headers: Record<string, string> = {},
): Promise<string> {
	const signal = AbortSignal.timeout(WITHIN_MS);
	const response = await fetch(url, { method, signal, headers, ...(body && { body }) });
	const text = await response.text();
	assert.equal(response.status, 200, text);
	return text;
}
