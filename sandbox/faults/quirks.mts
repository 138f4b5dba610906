import type { Account } from '../account/account.mts';
import { type Layout, SPECIFIED } from '../protocol/answer.mts';
import { GUID_FORMS, TEXT_FORMS } from './forms.mts';
import type { Conversion, Draft, ShownConversion, ShownTexts } from '../account/model.mts';
import type { Endpoint, Quirk, QuirkDetails, QuirkKind, TextMember } from '../protocol/options.mts';
import { Random, STREAMS } from '../account/random.mts';
import { REPEATED_ID_WORDINGS, SECOND_SALE_WORDINGS } from './wordings.mts';

/** A quirk of a request, random or scripted. */
export type ActiveQuirk = QuirkDetails & { kind: QuirkKind };

const FIELDS: Record<TextMember, keyof ShownTexts> = {
	click_id: 'clickId',
	order_id: 'orderId',
	unique_id: 'uniqueId',
};
const DEFAULT_MEMBERS: TextMember[] = ['order_id', 'unique_id'];

/** Members that the account sets itself: it ignores what was sent. */
const OWN_VALUES = { ownPayout: 'payout', ownRevenue: 'revenue', ownDate: 'at' } as const;

/** The quirks of one request. */
export class RequestQuirks {
	/** The quirks that changed something. */
	readonly effective = new Set<QuirkKind>();
	private readonly hasReplyQuirks: boolean;

	constructor(
		private readonly active: readonly ActiveQuirk[],
		private readonly random: Random,
	) {
		this.hasReplyQuirks = active.some(({ where }) => where === 'reply');
	}

	/** CAKE's message if it refuses a second sale of a click, else undefined. */
	refuseSecondSale(account: Account, clickId: string): string | undefined {
		const quirk = this.find('refuseSecondSale');
		if (!quirk || account.conversionsOfClick(clickId).length === 0) return undefined;
		return this.pickWording(quirk, SECOND_SALE_WORDINGS);
	}

	/** CAKE's message for a unique ID that it already has. Undefined without the quirk. */
	rewordDuplicate(): string | undefined {
		const quirk = this.find('rewordDuplicate');
		return quirk && this.pickWording(quirk, REPEATED_ID_WORDINGS);
	}

	/** Takes the sale that was sent. Gives the sale that the account stores. */
	changeSale(sent: Draft<Conversion>, account: Account): Draft<Conversion> {
		const stored = { ...sent };
		const { offerId } = sent;
		const otherOffer = this.find('otherOffer');
		if (otherOffer) {
			stored.offerId = otherOffer.offerId ?? nextOffer(account, offerId);
			if (stored.offerId !== offerId) this.effective.add('otherOffer');
		}
		for (const [kind, field] of Object.entries(OWN_VALUES)) {
			if (stored[field] === undefined || !this.find(kind as QuirkKind)) continue;
			delete stored[field];
			this.effective.add(kind as QuirkKind);
		}
		const { clickId = '', orderId, uniqueId } = sent;
		const shown = this.changeTexts({ clickId, orderId, uniqueId }, 'store');
		if (Object.keys(shown).length > 0) stored.shown = shown;
		return stored;
	}

	/** Takes a stored conversion. Gives it as this reply shows it. */
	show(row: Conversion): ShownConversion {
		const stored: ShownConversion = row.shown ? { ...row, ...row.shown } : row;
		return this.hasReplyQuirks ? { ...stored, ...this.changeTexts(stored, 'reply') } : stored;
	}

	/** The layout of a successful reply. */
	layOut(endpoint: Endpoint): Layout {
		if (this.active.length === 0) return SPECIFIED;
		const isList = endpoint === 'query';
		const hasRows = endpoint !== 'update';
		const envelope: string[] = [];
		if (this.hasLayout('dataEnvelope')) envelope.push('response', 'data');
		else if (this.hasLayout('responseEnvelope')) envelope.push('response');
		if (endpoint === 'record' && this.hasLayout('conversionEnvelope')) envelope.push('conversion');
		let totalName = SPECIFIED.totalName;
		if (isList && this.hasLayout('totalRecords')) totalName = 'total_records';
		else if (isList && this.hasLayout('rowCount')) totalName = 'row_count';
		return {
			envelope,
			totalName,
			nestsObjects: hasRows && this.hasLayout('nestedObjects'),
			spacesDates: hasRows && this.hasLayout('spacedDates'),
		};
	}

	/** Whether the request has a layout quirk. Marks it as effective: it changes each success. */
	private hasLayout(kind: QuirkKind): boolean {
		const isActive = this.find(kind) !== undefined;
		if (isActive) this.effective.add(kind);
		return isActive;
	}

	private find(kind: QuirkKind): ActiveQuirk | undefined {
		return this.active.find((quirk) => quirk.kind === kind);
	}

	private pickWording({ kind, message }: ActiveQuirk, wordings: readonly string[]): string {
		this.effective.add(kind);
		return message ?? this.random.pick(wordings);
	}

	/** Gives only the texts that change. */
	private changeTexts(texts: ShownTexts, place: 'store' | 'reply'): Partial<ShownTexts> {
		const changed: Partial<ShownTexts> = {};
		for (const quirk of this.active) {
			const { kind, where = 'store', members = DEFAULT_MEMBERS } = quirk;
			const form = TEXT_FORMS[kind] ?? GUID_FORMS[kind];
			if (!form || where !== place) continue;
			for (const member of kind in GUID_FORMS ? (['click_id'] as const) : members) {
				const field = FIELDS[member];
				const text = changed[field] ?? texts[field];
				if (typeof text !== 'string') continue;
				const result = form(text, quirk);
				if (result === text) continue;
				changed[field] = result;
				this.effective.add(kind);
			}
		}
		return changed;
	}
}

/** The ID of the active offer after this one. After the last comes the first. */
function nextOffer(account: Account, offerId: number | undefined): number {
	const offers = account.activeOffers();
	const index = offers.findIndex((offer) => offer.offerId === offerId);
	return offers[(index + 1) % offers.length].offerId;
}

/** Draws random quirks, each independently of the others. */
export class RandomQuirks {
	private readonly random: Random;

	constructor(
		private readonly quirks: Quirk[],
		seed: number,
	) {
		this.random = new Random(seed, STREAMS.quirks);
	}

	/** @param scripted a scripted quirk; it comes before the random ones */
	draw(endpoint: Endpoint, scripted?: ActiveQuirk): RequestQuirks {
		const drawn = this.quirks.filter(
			({ endpoints, probability }) =>
				(endpoints?.includes(endpoint) ?? true) && this.random.chance(probability),
		);
		return new RequestQuirks(scripted ? [scripted, ...drawn] : drawn, this.random);
	}
}
