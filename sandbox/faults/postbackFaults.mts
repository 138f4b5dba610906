import type { Conversion } from '../account/model.mts';
import type { Random } from '../account/random.mts';
import type { PostbackFaultKind } from '../protocol/postbacks.mts';

const TOKEN = /#(\w+)#/g;
const BURST = 200;
/** What affiliates write into a sub ID without a thought for URLs. */
const AWKWARD_SUB_ID = 'R&D=shoes#sale';

/** The calls that CAKE makes for one conversion. */
export interface PostbackCalls {
	urls: string[];
	isLate?: boolean;
}

/** What a token stands for. Undefined for a token that CAKE does not know: it stays in the URL. */
type TokenValues = Record<string, string | undefined>;

/** The values of CAKE's tokens. Clicks of the sandbox have no sub IDs of their own. */
function listTokenValues(conversion: Conversion): TokenValues {
	const { conversionId, payout, at, affiliateId, offerId, uniqueId, clickId } = conversion;
	return {
		leadid: String(conversionId),
		price: String(payout),
		utcunixtime: String(at / 1000),
		affid: String(affiliateId),
		oid: String(offerId),
		campid: String(offerId + affiliateId),
		cid: '1',
		tid: uniqueId ?? '',
		s1: `site-${affiliateId}`,
		s2: clickId,
		s3: '',
		s4: '',
		s5: '',
	};
}

function fill(
	url: string,
	values: TokenValues,
	encode: (value: string, name: string) => string = encodeURIComponent,
): string {
	return url.replace(TOKEN, (token, name: string) => {
		const value = values[name];
		return value === undefined ? token : encode(value, name);
	});
}

type Behavior = (url: string, values: TokenValues, random: Random) => PostbackCalls;

/** Picks a token of the URL that is not the first: CAKE always has the ID of the conversion. */
function pickLaterToken(url: string, random: Random): string {
	const [, ...later] = [...url.matchAll(TOKEN)].map(([, name]) => name);
	return later.length > 0 ? random.pick(later) : '';
}

const BEHAVIORS: Record<PostbackFaultKind, Behavior> = {
	twice: (url, values) => ({ urls: [fill(url, values), fill(url, values)] }),
	late: (url, values) => ({ urls: [fill(url, values)], isLate: true }),
	/** A token stays as it is. Its # begins a fragment, which the client does not send. */
	cut: (url, values, random) => ({
		urls: [fill(url, { ...values, [pickLaterToken(url, random)]: undefined })],
	}),
	/** A token stays as it is, but its # is encoded. */
	unfilled: (url, values, random) => {
		const name = pickLaterToken(url, random);
		return { urls: [fill(url, { ...values, [name]: `#${name}#` })] };
	},
	unencoded: (url, values) => ({
		urls: [
			fill(url, { ...values, s1: AWKWARD_SUB_ID }, (value, name) =>
				name === 's1' ? value : encodeURIComponent(value),
			),
		],
	}),
	/** Somebody who does not know the key sends the same. The key is the first value in the URL. */
	forged: (url, values) => {
		const filled = fill(url, values);
		return { urls: [filled.replace(/\?([^=&]*)=[^&]*/, '?$1=forged-key-0123456'), filled] };
	},
	burst: (url, values) => ({ urls: Array<string>(BURST).fill(fill(url, values)) }),
};

/** Lists the calls for a conversion, with a fault or without. */
export function listCalls(
	url: string,
	conversion: Conversion,
	random: Random,
	fault?: PostbackFaultKind,
): PostbackCalls {
	const values = listTokenValues(conversion);
	return fault ? BEHAVIORS[fault](url, values, random) : { urls: [fill(url, values)] };
}
