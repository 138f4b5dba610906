/**
 * NODE_OPTIONS=--require loads this into a process before it starts. It measures the process when
 * scripts/bench/probe.mts asks. A separate thread measures, because the main thread is busy.
 */
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread, Worker } = require('node:worker_threads');

/** How often the event loop is asked to fire a timer. A block is the time that it was late. */
const LOOP_TIMER_MS = 2;

/** The node Result (nodes/Result.node.js) reads its settings from this global. */
const SETTINGS = Symbol.for('n8n-nodes-cake.bench');

function watch(port) {
	setFlagsFromString('--expose-gc');
	const collectGarbage = runInNewContext('gc');
	// This flavor gives free pages back. V8 does the same when a server idles for some seconds.
	const heapUsed = () => {
		collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
		return process.memoryUsage().heapUsed;
	};
	const settings = { weighs: false, heapUsed };
	globalThis[SETTINGS] = settings;
	const profiler = new Profiler();
	const loop = monitorEventLoopDelay({ resolution: LOOP_TIMER_MS });

	const sampler = new Worker(join(__dirname, 'sampler.cjs'), { workerData: { port } });
	sampler.unref();
	sampler.on('message', async ({ id, command, weighs, profile }) => {
		if (command === 'begin') {
			settings.weighs = weighs;
			const heapBytes = heapUsed();
			await profiler.begin(profile);
			loop.reset();
			loop.enable();
			sampler.postMessage({ id, heapBytes });
		} else {
			loop.disable();
			settings.weighs = false;
			await profiler.end();
			sampler.postMessage({ id, blockMs: Math.max(0, loop.max / 1e6 - LOOP_TIMER_MS) });
		}
	});
}

/** Writes a CPU profile of the main thread from `begin` to `end`, as a .cpuprofile file. */
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

// n8n's other commands and child processes inherit NODE_OPTIONS. Measure only the server.
const { BENCH_PROBE_PORT } = process.env;
if (isMainThread && BENCH_PROBE_PORT && process.argv[2] === 'start')
	watch(Number(BENCH_PROBE_PORT));
