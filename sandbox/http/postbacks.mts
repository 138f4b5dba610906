import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversion } from '../account/model.mts';
import { Random, STREAMS } from '../account/random.mts';
import { listCalls } from '../faults/postbackFaults.mts';
import type { Settings } from '../protocol/options.mts';
import type {
	PostbackEntry,
	PostbackFault,
	PostbackFaultKind,
	PostbackOptions,
} from '../protocol/postbacks.mts';

const LATE_MS = 5000;

/** Calls a URL for each conversion that is recorded, as CAKE does. Nobody waits for the answers. */
export class Postbacks {
	/** Live. All that were sent, in order. Has no URL: the key would be in it. */
	readonly log: PostbackEntry[] = [];
	/** Where postbacks go. A change counts from the next recording on. */
	options: PostbackOptions | undefined;
	private readonly random: Random;
	private readonly script: PostbackFaultKind[] = [];
	private readonly underWay = new Set<Promise<void>>();
	private readonly abort = new AbortController();

	constructor({ postback, seed }: Settings) {
		this.options = postback;
		this.random = new Random(seed, STREAMS.postbacks);
	}

	/** Plays a fault on the next conversion, instead of a random one. First in, first out. */
	failNext(kind: PostbackFaultKind): void {
		this.script.push(kind);
	}

	/** Whether there is a URL to call. */
	get hasUrl(): boolean {
		return (this.options?.urls.length ?? 0) > 0;
	}

	/**
	 * Sends the postbacks of a conversion. Without a URL in the options, does nothing. Gives what was
	 * sent when all of it has been answered.
	 */
	async fire(conversion: Conversion): Promise<PostbackEntry[]> {
		if (!this.options) return [];
		const { urls, faults = [], lateMs = LATE_MS, method = 'GET' } = this.options;
		const fault = this.script.shift() ?? this.draw(faults);
		const calls = urls.map((url) => listCalls(url, conversion, this.random, fault));
		const targets = calls.flatMap((call) => call.urls.map((url) => ({ url, isLate: call.isLate })));
		const all = targets.map(async ({ url, isLate }) => {
			const { conversionId } = conversion;
			const entry: PostbackEntry = { conversionId, ...(fault && { fault }) };
			const sent = this.send({ url, method }, entry, isLate ? lateMs : 0);
			this.underWay.add(sent);
			await sent.finally(() => this.underWay.delete(sent));
			return entry;
		});
		return await Promise.all(all);
	}

	/** Waits until all postbacks have been answered, late ones too. */
	async settle(): Promise<void> {
		while (this.underWay.size > 0) await Promise.all(this.underWay);
	}

	/** Drops what is under way. */
	close(): void {
		this.abort.abort();
	}

	private draw(faults: PostbackFault[]): PostbackFaultKind | undefined {
		if (faults.length === 0) return undefined;
		let rest = this.random.fraction();
		return faults.find(({ probability }) => (rest -= probability) < 0)?.kind;
	}

	private async send(
		{ url, method }: { url: string; method: string },
		entry: PostbackEntry,
		waitMs: number,
	): Promise<void> {
		const { signal } = this.abort;
		try {
			if (waitMs > 0) await sleep(waitMs, undefined, { signal });
			this.log.push(entry);
			// Like any ordinary client, fetch does not send what follows a #.
			const response = await fetch(url, { method, signal });
			entry.status = response.status;
			await response.text();
		} catch {
			// Nobody is there, or the sandbox has been closed. CAKE goes on in either case.
		}
	}
}
