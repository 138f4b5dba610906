import { Calendar, DAY_MS } from './calendar.mts';
import { ConversionList, type Selection } from './list.mts';
import type { AccountEvent, Click, Conversion, Draft, Offer, Order, Status } from './model.mts';
import { Random, STREAMS } from './random.mts';
import type { SavedAccount } from './saved.mts';

/** Conversion IDs start above this one. The specification's sample is 4456789. */
const FIRST_CONVERSION_ID = 4_400_000;
/**
 * A loaded account omits this number of IDs. A sandbox that is killed does not save its last
 * conversions, but a trigger may remember their IDs. Those must not be used again.
 */
const OMITTED_IDS = 10_000;

/** Options of an account. SandboxOptions describes each. */
export interface AccountSettings {
	seed: number;
	order: Order;
	timeZone: string;
	now: () => Date;
}

/** The sandbox's CAKE account: its offers, clicks and conversions. */
export class Account {
	readonly offers = new Map<number, Offer>();
	readonly clicks = new Map<string, Click>();
	readonly conversions = new Map<number, Conversion>();
	readonly affiliates = new Map<number, string>();
	readonly advertisers = new Map<number, string>();
	/** Every change of a conversion after seeding or loading, in order. */
	readonly events: AccountEvent[] = [];
	/** Is called after each change of any kind. */
	onChange: () => void = () => {};
	/** Is called with each conversion that a request recorded. */
	onRecorded: (conversion: Conversion) => void = () => {};
	readonly calendar: Calendar;
	private readonly clock: () => Date;
	private readonly list: ConversionList;
	private readonly random: Random;
	private readonly byUniqueId = new Map<string, Conversion>();
	private lastConversionId = FIRST_CONVERSION_ID;
	private lastOfferId = 90_000;

	constructor(settings: AccountSettings) {
		this.calendar = new Calendar(settings.timeZone);
		this.clock = settings.now;
		this.list = new ConversionList(settings.order);
		this.random = new Random(settings.seed, STREAMS.account);
	}

	/** The account's present time (epoch ms). */
	now(): number {
		return this.clock().getTime();
	}

	/** Adds an offer. Defaults: active, payout 5, revenue 12, new conversions approved. */
	addOffer(offer: Partial<Offer> = {}): Offer {
		const offerId = offer.offerId ?? ++this.lastOfferId;
		const added: Offer = {
			offerId,
			name: `Offer ${offerId}`,
			advertiserId: 301,
			active: true,
			payout: 5,
			revenue: 12,
			newStatus: 'approved',
			...offer,
		};
		this.offers.set(offerId, added);
		this.onChange();
		return added;
	}

	/** Adds a click. Defaults: active, valid for 30 days, random active offer, random affiliate. */
	addClick(click: Draft<Click> = {}): Click {
		const added: Click = {
			clickId: click.clickId ?? this.newClickId(),
			offerId: click.offerId ?? this.random.pick(this.activeOffers()).offerId,
			affiliateId: click.affiliateId ?? this.random.pick([...this.affiliates.keys()]) ?? 67890,
			active: click.active ?? true,
			expiresAt: click.expiresAt ?? this.now() + 30 * DAY_MS,
		};
		this.clicks.set(added.clickId, added);
		this.onChange();
		return added;
	}

	/** Adds `count` clicks that a sale can be recorded for, each of a random active offer. */
	freshClicks(count: number): Click[] {
		return Array.from({ length: count }, () => this.addClick());
	}

	/**
	 * Adds a conversion without a request. Defaults: the present time, a new click, and the amounts
	 * and status of the click's offer. Its ID is up to 7 above the last one.
	 */
	addConversion(given: Draft<Conversion> = {}): Conversion {
		return this.store(given, 'added');
	}

	/** Like `addConversion`, but the event is `recorded`. For the Record endpoint. */
	record(given: Draft<Conversion>): Conversion {
		const conversion = this.store(given, 'recorded');
		this.onRecorded(conversion);
		return conversion;
	}

	/** Inserts a complete conversion without an event. Seeding uses it. */
	insert(conversion: Conversion): void {
		this.conversions.set(conversion.conversionId, conversion);
		this.list.add(conversion);
		this.lastConversionId = Math.max(this.lastConversionId, conversion.conversionId);
		if (conversion.uniqueId !== undefined) this.byUniqueId.set(conversion.uniqueId, conversion);
		this.onChange();
	}

	/** Sets a status, like a user in CAKE's own screens. False if the conversion does not exist. */
	setStatus(conversionId: number, status: Status, note?: string): boolean {
		return this.change(conversionId, status, note, 'statusSet');
	}

	/** Like `setStatus`, but the event is `updated`. For the Update endpoint. */
	update(conversionId: number, status: Status, note?: string): boolean {
		return this.change(conversionId, status, note, 'updated');
	}

	/** Deletes a conversion. False if it does not exist. */
	removeConversion(conversionId: number): boolean {
		const conversion = this.conversions.get(conversionId);
		if (!conversion) return false;
		this.conversions.delete(conversionId);
		if (conversion.uniqueId !== undefined) this.byUniqueId.delete(conversion.uniqueId);
		this.list.remove(conversion);
		this.onChange();
		this.addEvent('removed', conversion);
		return true;
	}

	/** The conversion with a unique ID. A unique ID is unique in the whole account. */
	withUniqueId(uniqueId: string): Conversion | undefined {
		return this.byUniqueId.get(uniqueId);
	}

	/** A click's conversions, in the order they were stored. Two or more: the sale was sent twice. */
	conversionsOfClick(clickId: string): Conversion[] {
		return [...this.conversions.values()].filter((row) => row.clickId === clickId);
	}

	/** The selected conversions in the account's order. Do not change the array: it is shared. */
	select(selection: Selection): readonly Conversion[] {
		return this.list.select(selection);
	}

	/** Offers that accept conversions. */
	activeOffers(): Offer[] {
		return [...this.offers.values()].filter((offer) => offer.active);
	}

	/** Gives all but the events. The account goes on using the objects in it. */
	save(): SavedAccount {
		const { lastConversionId, lastOfferId, offers, clicks, conversions } = this;
		return {
			timeZone: this.calendar.timeZone,
			lastConversionId,
			lastOfferId,
			offers: [...offers.values()],
			affiliates: [...this.affiliates],
			advertisers: [...this.advertisers],
			clicks: [...clicks.values()],
			conversions: [...conversions.values()],
		};
	}

	/** Fills an empty account. It must have the time zone of the saved one. Keeps all IDs. */
	load(saved: SavedAccount): void {
		for (const offer of saved.offers) this.offers.set(offer.offerId, offer);
		for (const [id, name] of saved.affiliates) this.affiliates.set(id, name);
		for (const [id, name] of saved.advertisers) this.advertisers.set(id, name);
		for (const click of saved.clicks) this.clicks.set(click.clickId, click);
		for (const conversion of saved.conversions) this.insert(conversion);
		this.lastConversionId = Math.max(this.lastConversionId, saved.lastConversionId) + OMITTED_IDS;
		this.lastOfferId = saved.lastOfferId;
	}

	private store(given: Draft<Conversion>, kind: 'added' | 'recorded'): Conversion {
		const existing = given.clickId === undefined ? undefined : this.clicks.get(given.clickId);
		const click = existing ?? this.addClick({ clickId: given.clickId, offerId: given.offerId });
		const offerId = given.offerId ?? click.offerId;
		const offer = this.offers.get(offerId) ?? this.addOffer({ offerId });
		const conversion: Conversion = {
			conversionId: given.conversionId ?? this.lastConversionId + this.random.int(1, 7),
			clickId: click.clickId,
			offerId: offer.offerId,
			affiliateId: given.affiliateId ?? click.affiliateId,
			advertiserId: given.advertiserId ?? offer.advertiserId,
			payout: given.payout ?? offer.payout,
			revenue: given.revenue ?? offer.revenue,
			at: Math.floor((given.at ?? this.now()) / 1000) * 1000,
			status: given.status ?? offer.newStatus,
			notes: given.notes ?? [],
		};
		if (given.orderId !== undefined) conversion.orderId = given.orderId;
		if (given.uniqueId !== undefined) conversion.uniqueId = given.uniqueId;
		if (given.adv !== undefined) conversion.adv = given.adv;
		if (given.shown !== undefined) conversion.shown = given.shown;
		this.insert(conversion);
		this.addEvent(kind, conversion);
		return conversion;
	}

	private change(
		conversionId: number,
		status: Status,
		note: string | undefined,
		kind: 'updated' | 'statusSet',
	): boolean {
		const conversion = this.conversions.get(conversionId);
		if (!conversion) return false;
		const previousStatus = conversion.status;
		conversion.status = status;
		if (note !== undefined) conversion.notes.push(note);
		if (status !== previousStatus) this.list.forgetSelections();
		this.onChange();
		this.addEvent(kind, conversion, { previousStatus, ...(note === undefined ? {} : { note }) });
		return true;
	}

	private addEvent(
		kind: AccountEvent['kind'],
		{ conversionId, status }: Conversion,
		details: Partial<AccountEvent> = {},
	): void {
		const seq = this.events.length + 1;
		this.events.push({ seq, at: this.now(), kind, conversionId, status, ...details });
	}

	private newClickId(): string {
		for (;;) {
			const clickId = this.random.text(12);
			if (!this.clicks.has(clickId)) return clickId;
		}
	}
}
