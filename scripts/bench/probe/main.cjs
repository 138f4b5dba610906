/**
 * Loaded into a process before it starts (NODE_OPTIONS=--require): measures it from within, on the
 * word of scripts/bench/probe.mts. The measuring itself is done by a thread of its own, because the
 * main one is busy.
 */
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { writeFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread, Worker } = require('node:worker_threads');

/** What the node Result (nodes/Result.node.js) is told. */
const ORDERS = Symbol.for('n8n-nodes-cake.bench');

function watch(port) {
	setFlagsFromString('--expose-gc');
	const collectGarbage = runInNewContext('gc');
	// The flavor that gives free pages back, as V8 does by itself when a server idles for some seconds.
	const heapUsed = () => {
		collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
		return process.memoryUsage().heapUsed;
	};
	const orders = { weighs: false, heapUsed };
	globalThis[ORDERS] = orders;
	const profiler = new Profiler();

	const sampler = new Worker(join(__dirname, 'sampler.cjs'), { workerData: { port } });
	sampler.unref();
	sampler.on('message', async ({ id, order, weighs, profile }) => {
		if (order === 'begin') {
			orders.weighs = weighs;
			const heapBytes = heapUsed();
			await profiler.begin(profile);
			sampler.postMessage({ id, heapBytes });
		} else {
			orders.weighs = false;
			await profiler.end();
			sampler.postMessage({ id });
		}
	});
}

/** Writes what the main thread did between two points in time, for any viewer of .cpuprofile files. */
class Profiler {
	async begin(file) {
		this.file = file;
		if (!file) return;
		this.session = new Session();
		this.session.connect();
		await this.post('Profiler.enable');
		await this.post('Profiler.start');
	}

	async end() {
		if (!this.file) return;
		const { profile } = await this.post('Profiler.stop');
		writeFileSync(this.file, JSON.stringify(profile));
		this.session.disconnect();
		this.file = undefined;
	}

	post(method) {
		return new Promise((resolve, reject) => {
			this.session.post(method, (error, result) => (error ? reject(error) : resolve(result)));
		});
	}
}

// What the server starts inherits the option, and n8n's commands do; only the server is measured.
const { BENCH_PROBE_PORT } = process.env;
if (isMainThread && BENCH_PROBE_PORT && process.argv[2] === 'start')
	watch(Number(BENCH_PROBE_PORT));
