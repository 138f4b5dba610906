import { Calendar, DAY_MS } from './calendar.mts';
import { ConversionList, type Selection } from './list.mts';
import type { AccountEvent, Click, Conversion, Offer, Order, Status } from './model.mts';
import { Random, STREAMS } from './random.mts';

/** Where conversion IDs begin; the specification's sample is 4456789. */
const FIRST_CONVERSION_ID = 4_400_000;

/** What an account is made with; see SandboxOptions for the meaning of each. */
export interface AccountSettings {
	seed: number;
	order: Order;
	timeZone: string;
	now: () => Date;
}

/** The CAKE account behind the sandbox: its offers, clicks and conversions, and their rules of order. */
export class Account {
	readonly offers = new Map<number, Offer>();
	readonly clicks = new Map<string, Click>();
	readonly conversions = new Map<number, Conversion>();
	readonly affiliates = new Map<number, string>();
	readonly advertisers = new Map<number, string>();
	/** Every change after seeding, in order. */
	readonly events: AccountEvent[] = [];
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

	/** The account's clock, epoch ms. */
	now(): number {
		return this.clock().getTime();
	}

	/** Adds an offer, active and paying 5 for 12 unless told otherwise. */
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
		return added;
	}

	/** Adds a click: active, valid for 30 days, of any active offer and affiliate unless told otherwise. */
	addClick(click: Partial<Click> = {}): Click {
		const added: Click = {
			clickId: click.clickId ?? this.newClickId(),
			offerId: click.offerId ?? this.random.pick(this.activeOffers()).offerId,
			affiliateId: click.affiliateId ?? this.random.pick([...this.affiliates.keys()]) ?? 67890,
			active: click.active ?? true,
			expiresAt: click.expiresAt ?? this.now() + 30 * DAY_MS,
		};
		this.clicks.set(added.clickId, added);
		return added;
	}

	/** Adds `count` clicks that are ready to be recorded against, spread over the active offers. */
	freshClicks(count: number): Click[] {
		return Array.from({ length: count }, () => this.addClick());
	}

	/**
	 * Adds a conversion with no request having been made: at the present time, of a new click, with
	 * its offer's amounts and status, unless told otherwise. It gets the next ID, with a gap.
	 */
	addConversion(given: Partial<Conversion> = {}): Conversion {
		return this.store(given, 'added');
	}

	/** As `addConversion`, for the endpoint that records. */
	record(given: Partial<Conversion>): Conversion {
		return this.store(given, 'recorded');
	}

	/** Takes in a whole row as it is, without an event: for seeding. */
	adopt(conversion: Conversion): void {
		this.conversions.set(conversion.conversionId, conversion);
		this.list.add(conversion);
		this.lastConversionId = Math.max(this.lastConversionId, conversion.conversionId);
		if (conversion.uniqueId !== undefined) this.byUniqueId.set(conversion.uniqueId, conversion);
	}

	/** Sets a status as a user of CAKE's own screens would. False when there is no such conversion. */
	setStatus(conversionId: number, status: Status, note?: string): boolean {
		return this.change(conversionId, status, note, 'statusSet');
	}

	/** As `setStatus`, for the endpoint that updates. */
	update(conversionId: number, status: Status, note?: string): boolean {
		return this.change(conversionId, status, note, 'updated');
	}

	/** Removes a conversion for good. False when there is no such conversion. */
	removeConversion(conversionId: number): boolean {
		const conversion = this.conversions.get(conversionId);
		if (!conversion) return false;
		this.conversions.delete(conversionId);
		if (conversion.uniqueId !== undefined) this.byUniqueId.delete(conversion.uniqueId);
		this.list.remove(conversion);
		this.happened('removed', conversion);
		return true;
	}

	/** The conversion stored under a unique ID; the scope of unique IDs is the account. */
	withUniqueId(uniqueId: string): Conversion | undefined {
		return this.byUniqueId.get(uniqueId);
	}

	/** All conversions of a click, in the order they were stored: more than one is a double send. */
	conversionsOfClick(clickId: string): Conversion[] {
		return [...this.conversions.values()].filter((row) => row.clickId === clickId);
	}

	/** The rows of a selection in the account's order. Shared: do not alter the array. */
	select(selection: Selection): readonly Conversion[] {
		return this.list.select(selection);
	}

	/** Offers that accept conversions. */
	activeOffers(): Offer[] {
		return [...this.offers.values()].filter((offer) => offer.active);
	}

	private store(given: Partial<Conversion>, kind: 'added' | 'recorded'): Conversion {
		const known = given.clickId === undefined ? undefined : this.clicks.get(given.clickId);
		const click = known ?? this.addClick({ clickId: given.clickId, offerId: given.offerId });
		const offer =
			this.offers.get(given.offerId ?? click.offerId) ?? this.addOffer({ offerId: given.offerId });
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
		this.adopt(conversion);
		this.happened(kind, conversion);
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
		if (status !== previousStatus) this.list.touch();
		this.happened(kind, conversion, { previousStatus, ...(note === undefined ? {} : { note }) });
		return true;
	}

	private happened(
		kind: AccountEvent['kind'],
		{ conversionId, status }: Conversion,
		more: Partial<AccountEvent> = {},
	): void {
		const seq = this.events.length + 1;
		this.events.push({ seq, at: this.now(), kind, conversionId, status, ...more });
	}

	private newClickId(): string {
		for (;;) {
			const clickId = this.random.text(12);
			if (!this.clicks.has(clickId)) return clickId;
		}
	}
}
