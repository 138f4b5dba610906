import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { createKeyRedactor } from '../cake/transport/redactKey';
import { quote } from '../shared/fields';
import { isOfUnknownSize, isTooLarge, readCall, type Call, type WebhookRequest } from './call';
import { isLinkPreview } from './linkPreviews';
import { hasValues, readPostback, type Postback } from './postback';
import { RepeatMemory } from './repeats';
import { CREDENTIAL_TYPE, findSecretFlaw, isSameSecret } from './secret';

/** What the caller reads, and what starts the workflow. */
interface Answer {
	status: number;
	text: string;
	/** The item that starts the workflow. Without it, nothing starts. */
	json?: IDataObject;
	/** For n8n's log. Has nothing of what the caller sent, but the ID of a conversion. */
	log?: ['debug' | 'warn' | 'error', string];
}

/** What this node uses of n8n's response. */
interface WebhookResponse {
	writeHead(status: number, headers: Record<string, string>): unknown;
	end(text: string): unknown;
}

const RECEIVED: Answer = { status: 200, text: 'Received.' };

const memory = new RepeatMemory();

/**
 * Handles one call. Answers at once, before the workflow runs. Nothing is thrown for what a caller
 * sends: n8n would save a failed execution for it.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const { status, text, json, log } = await chooseAnswer(context);
	if (log) context.logger[log[0]](`${context.getNode().name}: ${log[1]}`);
	const response = context.getResponseObject() as WebhookResponse;
	response.writeHead(status, {
		'Content-Type': 'text/plain; charset=utf-8',
		'Cache-Control': 'no-store',
		'X-Content-Type-Options': 'nosniff',
	});
	response.end(text);
	return json
		? { noWebhookResponse: true, workflowData: [[{ json }]] }
		: { noWebhookResponse: true };
}

async function chooseAnswer(context: IWebhookFunctions): Promise<Answer> {
	const request = context.getRequestObject() as WebhookRequest;
	const refusal = refuseBySize(request);
	if (refusal) return refusal;
	const secret = await readSecret(context);
	if (typeof secret === 'object') return secret;
	const call = readCall(request);
	const { key, pairs } = call;
	if (key === undefined || !isSameSecret(key, secret)) {
		const log = key === undefined ? 'a call without the secret' : 'a call with a wrong secret';
		return {
			status: 403,
			text: 'The secret is wrong or missing. Check key= in the URL.',
			log: ['warn', `${log} was refused`],
		};
	}
	if (isLinkPreview(request.headers)) {
		return { status: 200, text: 'The preview of a link starts nothing.' };
	}
	const postback = readPostback(pairs, createKeyRedactor(secret));
	if (postback) return accept(context, postback);
	return answerWithoutId(call);
}

function refuseBySize(request: WebhookRequest): Answer | undefined {
	if (isTooLarge(request)) {
		const text = 'This is too large for a postback. Send the values in the URL.';
		return { status: 413, text, log: ['warn', 'a call with more than 16 kB was refused'] };
	}
	if (isOfUnknownSize(request)) {
		const text = 'This call does not say how large it is. Send the values in the URL.';
		return { status: 411, text, log: ['warn', 'a call whose size is unknown was refused'] };
	}
	return undefined;
}

function answerWithoutId({ pairs, isBodyUnread }: Call): Answer {
	if (isBodyUnread) {
		const text =
			'No conversion_id was found. Send the values in the URL, as a form or as a JSON object.';
		return { status: 400, text, log: ['warn', 'a call whose body cannot be read was refused'] };
	}
	if (hasValues(pairs)) {
		return {
			// CAKE may repeat what was refused, and a repeat would have no ID, either.
			status: 200,
			text: 'No conversion_id came with these values. Nothing was started. Check that CAKE fills in the token after conversion_id= in the URL.',
			log: ['warn', 'a call without conversion_id was ignored'],
		};
	}
	return {
		status: 200,
		text: 'This address works and the secret is right. CAKE fills in the rest.',
	};
}

/** The credential's secret, or what to answer where there is none that protects the webhook. */
async function readSecret(context: IWebhookFunctions): Promise<string | Answer> {
	const refuse = (reason: string): Answer => ({
		status: 500,
		text: 'The credential of this address cannot be used. See the log of n8n.',
		log: ['error', `a call was refused. ${reason}`],
	});
	try {
		const { secret } = await context.getCredentials(CREDENTIAL_TYPE);
		const flaw = findSecretFlaw(secret);
		return flaw === undefined ? String(secret) : refuse(flaw);
	} catch (error) {
		return refuse(asError(error).message);
	}
}

/** Decides whether a conversion starts the workflow. Awaits nothing: calls may overlap. */
function accept(context: IWebhookFunctions, { json, conversionId }: Postback): Answer {
	// A test in the editor shows the same call as often as it comes.
	if (context.getMode() === 'manual') return { ...RECEIVED, json };
	const trigger = `${context.getWorkflow().id} ${context.getNode().id}`;
	const novelty = memory.remember(trigger, conversionId, json);
	if (novelty === 'new') return { ...RECEIVED, json };
	const shouldPass =
		novelty === 'changed' || context.getNodeParameter('options.passOnRepeats', false) === true;
	if (shouldPass) return { ...RECEIVED, json: { ...json, repeat: true } };
	const log = `conversion ${quote(conversionId)} came again with the same values, and starts nothing`;
	return { ...RECEIVED, log: ['debug', log] };
}
