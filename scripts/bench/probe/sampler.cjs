/** The measuring thread of main.cjs. Listens on 127.0.0.1 for POST /begin, then POST /end. */
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');

const SAMPLE_EVERY_MS = 5;

/** Asks the main thread. It answers when it is free. */
const waiting = new Map();
let lastId = 0;
const ask = (message) =>
	new Promise((resolve) => {
		const id = ++lastId;
		waiting.set(id, resolve);
		parentPort.postMessage({ id, ...message });
	});
parentPort.on('message', ({ id, ...answer }) => {
	waiting.get(id)?.(answer);
	waiting.delete(id);
});

let run;

async function begin({ weighs, profile }) {
	const { heapBytes } = await ask({ command: 'begin', weighs, profile });
	const rssBytes = process.memoryUsage.rss();
	run = { heapBytes, rssBytes, peakRssBytes: rssBytes, cpu: process.cpuUsage() };
	const sample = () => {
		run.peakRssBytes = Math.max(run.peakRssBytes, process.memoryUsage.rss());
	};
	run.timer = setInterval(sample, SAMPLE_EVERY_MS);
	return {};
}

async function end() {
	clearInterval(run.timer);
	// The whole process with all its threads.
	const { user, system } = process.cpuUsage(run.cpu);
	const { blockMs } = await ask({ command: 'end' });
	const { heapBytes, rssBytes, peakRssBytes } = run;
	return { cpuMs: (user + system) / 1000, blockMs, heapBytes, rssBytes, peakRssBytes };
}

const server = createServer(async (request, response) => {
	const url = new URL(request.url, 'http://127.0.0.1');
	const options = {
		weighs: url.searchParams.has('weigh'),
		profile: url.searchParams.get('profile') ?? undefined,
	};
	const answer = url.pathname === '/begin' ? await begin(options) : await end();
	response.setHeader('content-type', 'application/json');
	response.end(JSON.stringify(answer));
});
server.listen(workerData.port, '127.0.0.1');
