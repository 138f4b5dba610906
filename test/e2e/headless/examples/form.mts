import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
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

/**
 * Submits a form at its production address, up to its last page. Sends the same requests as n8n's
 * pages in a browser.
 * @param fields in the order of the form
 */
export async function submitForm(
	instance: Instance,
	path: string,
	...fields: Array<File | string>
): Promise<Submission> {
	const form = new FormData();
	fields.forEach((field, index) => form.append(`field-${index}`, field));
	const submitted = await request(`${instance.url}/form/${path}`, 'POST', form);
	const { formWaitingUrl } = JSON.parse(submitted) as { formWaitingUrl: string };
	await untilPageWaits(formWaitingUrl);
	const lastPage = await request(formWaitingUrl);
	await request(formWaitingUrl, 'POST');
	const executionId = new URL(formWaitingUrl).pathname.split('/').at(-1) ?? '';
	return { lastPage, execution: await endOfExecution(instance, executionId) };
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

async function request(url: string, method = 'GET', body?: FormData): Promise<string> {
	const signal = AbortSignal.timeout(WITHIN_MS);
	const response = await fetch(url, { method, signal, ...(body && { body }) });
	const text = await response.text();
	assert.equal(response.status, 200, text);
	return text;
}
