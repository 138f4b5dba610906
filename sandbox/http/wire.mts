import type { ServerResponse } from 'node:http';
import type { Outcome, Reply } from '../faults/faults.mts';
import type { LogEntry } from '../protocol/requestLog.mts';

/** Headers of CAKE's servers. A reply may set another content type. */
const HEADERS = {
	Server: 'Microsoft-IIS/10.0',
	'X-AspNet-Version': '4.0.30319',
	'Cache-Control': 'private',
	'Content-Type': 'application/json; charset=utf-8',
};

/** Gets each reply after it was handed to the network completely. `body` is the text as sent. */
export type ReplyHook = (entry: LogEntry, body: string) => void;

/** Sends replies or resets connections, after the latency. `close()` ends its timers. */
export class Wire {
	readonly hooks: ReplyHook[] = [];
	private readonly timers = new Set<NodeJS.Timeout>();

	send(response: ServerResponse, outcome: Outcome, entry: LogEntry, latencyMs: number): void {
		if (outcome === 'silence') return;
		const play = () => {
			if (response.destroyed) return;
			if (outcome === 'reset') response.socket?.resetAndDestroy();
			else this.reply(response, outcome, entry);
		};
		if (latencyMs > 0) this.schedule(latencyMs, play);
		else play();
	}

	close(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	private reply(response: ServerResponse, reply: Reply, entry: LogEntry): void {
		const body = Buffer.from(reply.body as string);
		response.on('finish', () => {
			entry.answered = true;
			for (const hook of this.hooks) hook(entry, body.toString());
		});
		entry.status = reply.status;
		response.writeHead(reply.status, {
			...HEADERS,
			'Content-Length': body.length,
			...reply.headers,
		});
		if (reply.dripMs === undefined) response.end(body);
		else this.drip(response, body, reply.dripMs);
	}

	private drip(response: ServerResponse, body: Buffer, dripMs: number, from = 0): void {
		if (response.destroyed) return;
		if (from >= body.length) {
			response.end();
			return;
		}
		response.write(body.subarray(from, from + 1));
		this.schedule(dripMs, () => this.drip(response, body, dripMs, from + 1));
	}

	private schedule(ms: number, work: () => void): void {
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			work();
		}, ms);
		this.timers.add(timer);
	}
}
