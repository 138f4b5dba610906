import type { Account } from '../account/account.mts';
import { type Layout, SPECIFIED } from '../protocol/answer.mts';
import { GUID_FORMS, TEXT_FORMS } from './forms.mts';
import type { Conversion, ShownConversion, ShownTexts } from '../account/model.mts';
import type { Endpoint, Quirk, QuirkDetails, QuirkKind, TextMember } from '../protocol/options.mts';
import { Random, STREAMS } from '../account/random.mts';
import { REPEATED_ID_WORDINGS, SECOND_SALE_WORDINGS } from './wordings.mts';

/** A quirk that changes a request. */
export type ActiveQuirk = QuirkDetails & { kind: QuirkKind };

const FIELDS: Record<TextMember, keyof ShownTexts> = {
	click_id: 'clickId',
	order_id: 'orderId',
	unique_id: 'uniqueId',
};
const DEFAULT_MEMBERS: TextMember[] = ['order_id', 'unique_id'];

/** The members of a sale that the account replaces with its own. */
const OWN_VALUES = { ownPayout: 'payout', ownRevenue: 'revenue', ownDate: 'at' } as const;

/** The quirks of one request. */
export class RequestQuirks {
	/** Those that changed something. */
	readonly effective = new Set<QuirkKind>();
	private readonly changesReplies: boolean;

	constructor(
		private readonly active: readonly ActiveQuirk[],
		private readonly random: Random,
	) {
		this.changesReplies = active.some(({ where }) => where === 'reply');
	}

	/** CAKE's words when it refuses a second sale of a click. */
	refuseSecondSale(account: Account, clickId: string): string | undefined {
		const quirk = this.find('refuseSecondSale');
		if (!quirk || account.conversionsOfClick(clickId).length === 0) return undefined;
		return this.say(quirk, SECOND_SALE_WORDINGS);
	}

	/** CAKE's own words for a known unique ID. */
	rewordDuplicate(): string | undefined {
		const quirk = this.find('rewordDuplicate');
		return quirk && this.say(quirk, REPEATED_ID_WORDINGS);
	}

	/** What the account stores of a sale that was sent. */
	book(sent: Partial<Conversion>, account: Account): Partial<Conversion> {
		const booked = { ...sent };
		const { offerId } = sent;
		const otherOffer = this.find('otherOffer');
		if (otherOffer) {
			booked.offerId = otherOffer.offerId ?? nextOffer(account, offerId);
			if (booked.offerId !== offerId) this.effective.add('otherOffer');
		}
		for (const [kind, field] of Object.entries(OWN_VALUES)) {
			if (booked[field] === undefined || !this.find(kind as QuirkKind)) continue;
			delete booked[field];
			this.effective.add(kind as QuirkKind);
		}
		const { clickId = '', orderId, uniqueId } = sent;
		const shown = this.changeTexts({ clickId, orderId, uniqueId }, 'store');
		if (Object.keys(shown).length > 0) booked.shown = shown;
		return booked;
	}

	/** A stored conversion as this reply shows it. */
	show(row: Conversion): ShownConversion {
		const stored: ShownConversion = row.shown ? { ...row, ...row.shown } : row;
		return this.changesReplies ? { ...stored, ...this.changeTexts(stored, 'reply') } : stored;
	}

	/** How a success of an endpoint is laid out. */
	layOut(endpoint: Endpoint): Layout {
		if (this.active.length === 0) return SPECIFIED;
		const isList = endpoint === 'query';
		const hasRows = endpoint !== 'update';
		const envelope: string[] = [];
		if (this.has('dataEnvelope')) envelope.push('response', 'data');
		else if (this.has('responseEnvelope')) envelope.push('response');
		if (endpoint === 'record' && this.has('conversionEnvelope')) envelope.push('conversion');
		let totalName = SPECIFIED.totalName;
		if (isList && this.has('totalRecords')) totalName = 'total_records';
		else if (isList && this.has('rowCount')) totalName = 'row_count';
		return {
			envelope,
			totalName,
			nestsObjects: hasRows && this.has('nestedObjects'),
			spacesDates: hasRows && this.has('spacedDates'),
		};
	}

	/** Whether the request has a quirk of layout. Such a quirk changes every success. */
	private has(kind: QuirkKind): boolean {
		const isActive = this.find(kind) !== undefined;
		if (isActive) this.effective.add(kind);
		return isActive;
	}

	private find(kind: QuirkKind): ActiveQuirk | undefined {
		return this.active.find((quirk) => quirk.kind === kind);
	}

	private say({ kind, message }: ActiveQuirk, wordings: readonly string[]): string {
		this.effective.add(kind);
		return message ?? this.random.pick(wordings);
	}

	/** The texts that take another form. */
	private changeTexts(texts: ShownTexts, place: 'store' | 'reply'): Partial<ShownTexts> {
		const changed: Partial<ShownTexts> = {};
		for (const quirk of this.active) {
			const { kind, where = 'store', members = DEFAULT_MEMBERS } = quirk;
			const form = TEXT_FORMS[kind] ?? GUID_FORMS[kind];
			if (!form || where !== place) continue;
			for (const member of kind in GUID_FORMS ? (['click_id'] as const) : members) {
				const field = FIELDS[member];
				const text = changed[field] ?? texts[field];
				const result = typeof text === 'string' ? form(text, quirk) : text;
				if (result === text) continue;
				changed[field] = result;
				this.effective.add(kind);
			}
		}
		return changed;
	}
}

/** The active offer after this one. */
function nextOffer(account: Account, offerId: number | undefined): number {
	const offers = account.activeOffers();
	const index = offers.findIndex((offer) => offer.offerId === offerId);
	return offers[(index + 1) % offers.length].offerId;
}

/** Draws the random quirks, each on its own. */
export class RandomQuirks {
	private readonly random: Random;

	constructor(
		private readonly quirks: Quirk[],
		seed: number,
	) {
		this.random = new Random(seed, STREAMS.quirks);
	}

	/** @param scripted a quirk that was asked for; it comes before the random ones */
	draw(endpoint: Endpoint, scripted?: ActiveQuirk): RequestQuirks {
		const drawn = this.quirks.filter(
			({ endpoints, probability }) =>
				(endpoints?.includes(endpoint) ?? true) && this.random.chance(probability),
		);
		return new RequestQuirks(scripted ? [scripted, ...drawn] : drawn, this.random);
	}
}
