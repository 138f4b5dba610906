import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of the model: tool calls, all at once, or its final text. */
export type Turn =
	{ calls: Array<{ tool: string; arguments: Record<string, unknown> }> } | { text: string };

/** A tool as a model gets it. */
export interface ToldTool {
	name: string;
	description: string;
	parameters: {
		properties: Record<string, { type: string; description?: string }>;
		required?: string[];
	};
}

/** A request to the model, in the form of OpenAI's Chat Completions. */
export interface ChatRequest {
	messages: Array<{ role: string; content: unknown; tool_call_id?: string }>;
	tools?: Array<{ type: string; function: ToldTool }>;
	stream?: boolean;
}

/** A model on loopback that answers by a script of the test. n8n takes it for OpenAI's. */
export interface ScriptedModel {
	/** For 'Base URL' of n8n's OpenAI credential. */
	url: string;
	/** All requests so far, oldest first. */
	requests: ChatRequest[];
	/** All requests as they came, headers and body. */
	received: string[];
	/** Sets the next answers, one for each request. After the last it answers "Done." */
	script(turns: Turn[]): void;
	close(): Promise<void>;
}

/** Starts a scripted model on a free port. It answers requests of another kind with HTTP 400. */
export async function startScriptedModel(): Promise<ScriptedModel> {
	const requests: ChatRequest[] = [];
	const received: string[] = [];
	let turns: Turn[] = [];
	let answered = 0;
	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = await readText(request);
		received.push(`${JSON.stringify(request.headers)}\n${body}`);
		const chat = parse(body);
		const isChat = request.method === 'POST' && request.url === '/v1/chat/completions';
		const isKnown = isChat && chat !== undefined && chat.stream !== true;
		response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
		if (!isKnown) {
			const message = `not in the script: ${request.method} ${request.url}`;
			response.end(JSON.stringify({ error: { message } }));
			return;
		}
		requests.push(chat);
		const turn = turns.shift() ?? { text: 'Done.' };
		response.end(JSON.stringify(toCompletion(turn, ++answered)));
	};
	const server = createServer((request, response) => void answer(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		requests,
		received,
		script: (next) => void (turns = [...next]),
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function toCompletion(turn: Turn, number: number) {
	const calls = 'calls' in turn ? turn.calls : [];
	const tool_calls = calls.map((call, index) => ({
		id: `call_${number}_${index}`,
		type: 'function',
		function: { name: call.tool, arguments: JSON.stringify(call.arguments) },
	}));
	const message =
		'text' in turn
			? { role: 'assistant', content: turn.text }
			: { role: 'assistant', content: null, tool_calls };
	return {
		id: `chatcmpl-${number}`,
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model: 'scripted',
		choices: [{ index: 0, message, finish_reason: 'text' in turn ? 'stop' : 'tool_calls' }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

async function readText(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): ChatRequest | undefined {
	try {
		return JSON.parse(body) as ChatRequest;
	} catch {
		return undefined;
	}
}
