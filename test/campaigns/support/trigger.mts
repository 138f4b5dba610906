import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { Random } from '../../../sandbox/account/random.mts';
import { type Fault, type Sandbox, startSandbox, type Status } from '../../../sandbox/server.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';
import type { Clock } from '../../support/clock.mts';
import { listIds, Poller } from '../../../harness/engine/poller.mts';
import { getSecondsSince } from './faults.mts';
import { TriggerModel } from './trigger-model.mts';

export interface TriggerPlan {
	polls: number;
	seed: number;
	isDurable: boolean;
	/** Empty for new conversions. */
	statuses: Status[];
	timeZone: string;
	clock: Clock;
}

export interface TriggerResult {
	seconds: number;
	/** Polls that did not announce what they should have. */
	wrong: Array<{ step: number; expected: number[]; announced: number[] }>;
	counted: TriggerModel['counted'] & {
		polls: number;
		failed: number;
		announced: number;
		restarts: number;
		overlaps: number;
		/** How often CAKE listed few rows or none for some polls. */
		vanished: number;
		days: number;
		changes: number;
	};
	refusedParameters: unknown[];
	/** The size of the memory saved at the end, in bytes. */
	memorySize: number;
}

/** A tenth fails at once. Faults that lead to a retry are rare, since its wait takes real time. */
const FAULTS: Fault[] = [
	{ kind: 'wrongKey', probability: 0.06 },
	{ kind: 'echo', probability: 0.04 },
	{ kind: 'redirect', probability: 0.02 },
	{ kind: 'cutOff', probability: 0.005 },
	{ kind: 'resetAfter', probability: 0.005 },
	{ kind: 'html', probability: 0.005 },
];

const STATUSES: Status[] = ['approved', 'pending', 'rejected'];
const LOOK_BACK_DAYS = 4;

/** Polls an account many times under all kinds of events. Compares each poll with the model. */
export async function pollUnderFaults(plan: TriggerPlan): Promise<TriggerResult> {
	const { clock, seed, statuses, timeZone } = plan;
	const sandbox = await startSandbox({
		rows: 60,
		days: 8,
		seed,
		timeZone,
		faults: FAULTS,
		endDateInclusive: seed % 2 === 0,
		now: clock.now,
	});
	try {
		return await new Campaign(plan, sandbox, {
			event: statuses.length > 0 ? 'statusChange' : 'new',
			statuses,
			options: { lookBackDays: LOOK_BACK_DAYS },
		}).run();
	} finally {
		await sandbox.close();
	}
}

class Campaign {
	private readonly random: Random;
	private readonly model: TriggerModel;
	private readonly poller: Poller;
	private readonly wrong: TriggerResult['wrong'] = [];
	private readonly counted = {
		polls: 0,
		failed: 0,
		announced: 0,
		restarts: 0,
		overlaps: 0,
		vanished: 0,
		days: 0,
		changes: 0,
	};
	private beforePage = () => {};

	constructor(
		private readonly plan: TriggerPlan,
		private readonly sandbox: Sandbox,
		parameters: INodeParameters,
	) {
		const { statuses, isDurable } = plan;
		this.random = new Random(plan.seed);
		sandbox.onQuery(() => this.beforePage());
		this.model = new TriggerModel(sandbox.account, { statuses, lookBackDays: LOOK_BACK_DAYS });
		const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
		this.poller = new Poller({ credential, parameters, isDurable });
	}

	async run(): Promise<TriggerResult> {
		const start = Date.now();
		const day = () => Math.floor(this.plan.clock.now().getTime() / DAY_MS);
		const firstDay = day();
		await this.publish();
		while (this.counted.polls < this.plan.polls) {
			this.passTime();
			for (let left = this.random.int(0, 3); left > 0; left--) this.change();
			if (this.random.chance(0.06)) await this.restart();
			else if (this.random.chance(0.1)) await this.overlap();
			else if (this.random.chance(0.04)) await this.vanish();
			else await this.tick();
		}
		this.counted.days = day() - firstDay;
		return {
			seconds: getSecondsSince(start),
			wrong: this.wrong,
			counted: { ...this.counted, ...this.model.counted },
			refusedParameters: this.sandbox.counters.refusedParameters,
			memorySize: JSON.stringify(this.poller.memory).length,
		};
	}

	/** Passes some minutes, now and then a day, and rarely an outage of up to ten days. */
	private passTime(): void {
		const { random } = this;
		const minutes = random.int(1, 20);
		const days = random.chance(0.03) ? random.int(1, 10) : Number(random.chance(0.05));
		this.plan.clock.pass(minutes * 60_000 + days * DAY_MS);
	}

	private change(): void {
		const { random } = this;
		const { account } = this.sandbox;
		this.counted.changes++;
		const now = account.now();
		const recent = [...account.conversions.values()].filter(({ at }) => at > now - 6 * DAY_MS);
		const what = random.fraction();
		if (what < 0.4 || recent.length < 5) {
			// Some are dated back, and some of those by too many days to be noticed.
			const back = random.chance(0.5) ? 0 : random.int(0, 6 * 24 * 60) * 60_000;
			account.addConversion({ at: now - back, status: random.pick(STATUSES) });
		} else if (what < 0.9) {
			// Picks from the newest few, so that many change their status more than once.
			const { conversionId } = random.pick(recent.slice(random.chance(0.5) ? -2 : -8));
			account.setStatus(conversionId, random.pick(STATUSES));
		} else {
			account.removeConversion(random.pick(recent).conversionId);
		}
	}

	/** Runs a poll. Gives the IDs it announced, or undefined when it failed. */
	private async poll(poll: () => Promise<IDataObject[]>): Promise<number[] | undefined> {
		this.counted.polls++;
		try {
			return listIds(await poll());
		} catch {
			this.counted.failed++;
			return undefined;
		}
	}

	private compare(expected: number[], announced: number[]): void {
		this.counted.announced += announced.length;
		const sorted = [...announced].sort((a, b) => a - b);
		if (sorted.join() === expected.join()) return;
		this.wrong.push({ step: this.counted.polls, expected, announced: sorted });
	}

	/** Publishes until it succeeds. With durable cursors n8n does not keep the memory of that poll. */
	private async publish(): Promise<void> {
		while ((await this.poll(async () => await this.poller.activate())) === undefined);
		if (this.plan.isDurable) return;
		this.model.onPolled();
		this.model.onSaved();
	}

	private async tick(): Promise<void> {
		const expected = this.model.listExpected();
		const announced = await this.poll(async () => await this.poller.tick());
		if (announced) this.onSuccess(expected, announced);
	}

	/** For some polls CAKE answers from a replica that has few of the rows or none. */
	private async vanish(): Promise<void> {
		this.counted.vanished++;
		const { account } = this.sandbox;
		const rows = [...account.conversions.values()].filter(() => !this.random.chance(0.1));
		for (const { conversionId } of rows) account.removeConversion(conversionId);
		for (let left = this.random.int(1, 4); left > 0; left--) {
			this.plan.clock.pass(this.random.int(1, 30) * 60_000);
			await this.tick();
		}
		for (const row of rows) account.addConversion(row);
	}

	private onSuccess(expected: number[], announced: number[]): void {
		this.compare(expected, announced);
		this.model.onPolled();
		if (this.plan.isDurable || announced.length > 0) this.model.onSaved();
	}

	/** Runs two or three polls at a time. Meanwhile a conversion may appear, for some too late. */
	private async overlap(): Promise<void> {
		this.counted.overlaps++;
		const { account } = this.sandbox;
		const expected = this.model.listExpected();
		const count = this.random.int(2, 3);
		const status = this.plan.statuses[0] ?? 'approved';
		let added: number | undefined;
		let pagesBefore = this.random.int(0, 3);
		this.beforePage = () => {
			// A first poll announces nothing, so nobody could tell whether it saw the conversion.
			if (pagesBefore-- === 0 && this.model.hasPolled)
				added = account.addConversion({ status }).conversionId;
		};
		const results = await Promise.all(
			Array.from({ length: count }, async () => {
				return await this.poll(async () => await this.poller.tick());
			}),
		);
		this.beforePage = () => {};
		const announced = results.flatMap((result) => result ?? []);
		const isAnnounced = added !== undefined && announced.includes(added);
		if (added !== undefined && !isAnnounced) {
			// No poll announced it. For the model it appears after these polls.
			const late = account.conversions.get(added);
			account.removeConversion(added);
			if (results.some((result) => result)) this.onSuccess(expected, announced);
			if (late) account.addConversion(late);
			return;
		}
		if (!results.some((result) => result)) return;
		this.onSuccess(added === undefined ? expected : this.model.listExpected(), announced);
	}

	/** Kills n8n, perhaps during a poll. Starts it again until the poll at its start succeeds. */
	private async restart(): Promise<void> {
		this.counted.restarts++;
		const underWay = this.random.chance(0.5)
			? this.poll(async () => await this.poller.tick())
			: Promise.resolve(undefined);
		this.model.onRestarted();
		const expected = this.model.listExpected();
		if (this.plan.isDurable) {
			await this.poller.restart();
			const dropped = await underWay;
			if (dropped && dropped.length > 0)
				this.wrong.push({ step: this.counted.polls, expected: [], announced: dropped });
			return;
		}
		let announced: number[] | undefined;
		do announced = await this.poll(async () => await this.poller.restart());
		while (announced === undefined);
		this.compare(expected, [...announced, ...((await underWay) ?? [])]);
		this.model.onPolled();
		this.model.onSaved();
	}
}
