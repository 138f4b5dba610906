import { FILTER_MEMBERS } from '../cake/conversions/endpoints';
import type { FailureCase, FailureFacts, FailureKind } from '../cake/errors';
import { isRecord, type Conversion, type Reference, type RequestKind } from '../cake/types';
import { getFilterLabel } from './filters';

/** The texts for one kind of failure. */
export interface Text {
	/** One short sentence. */
	message: string | ((facts: FailureFacts) => string);
	/** The advice for people at the editor, and for audiences without a text of their own. */
	nextStep: string | ((facts: FailureFacts) => string);
	trigger?: string;
	agent?: string;
}

export const TELL_USER = 'Calling again does not help: tell the user.';

/** Also for a sale with a Unique ID: CAKE's article does not say that CAKE refuses an ID it has. */
const AGENT_MUST_NOT_REPEAT =
	'Do not call this tool again for this sale, or it may be recorded, and paid, twice. Tell the user to look it up in CAKE.';

/** CAKE's message for a Unique ID it has is undocumented: any refusal may mean that it has the sale. */
export const AGENT_KEEPS_UNIQUE_ID =
	'If a value was wrong, correct it and call again with the same Unique ID. Never call for this sale with another Unique ID, or it may be recorded, and paid, twice. In doubt tell the user.';

/** Limits count each call, so an agent could get around one. */
export const AGENT_MUST_NOT_SPLIT =
	'Do not call again with fewer items or other values to stay below the limit: tell the user.';

const CHECK_KEY =
	"Check 'API Key' in the CAKE credential, the rights of its user, and whether CAKE lets this server's IP address use the API.";
/** For a failure whose cause CAKE documents nowhere. */
const CHECK_ACCOUNT =
	'If they are right, run Check Account (Resource > Account): it shows what this account allows and ignores.';
const TELL_APART = 'Check Account tells a wrong key from missing rights.';
const CHECK_HOST = "Check 'Base URL' in the CAKE credential";

const CORRECT_VALUES = 'Correct the values of this item, or leave it out.';

/** CAKE documents no wording. `Click Expired` and `The click has expired` are both recognized. */
const EXPIRED_CLICK = /\bclick\b.*\bexpired\b|\bexpired\b.*\bclick\b/i;

function adviseOnRefusal({ request, cakeMessage = '' }: FailureFacts): string {
	if (request === 'query') return `${CORRECT_VALUES} ${CHECK_ACCOUNT}`;
	return isRecord(request) && EXPIRED_CLICK.test(cakeMessage)
		? "The click is too old for this offer. Record the sale in CAKE by hand, or ask your account manager to extend the offer's session."
		: CORRECT_VALUES;
}

/** Messages that name the request: n8n's toast and list of executions show only the message. */
const REFUSED: Record<RequestKind, string> = {
	query: 'CAKE refused the query',
	update: 'CAKE refused the change',
	recordWithUniqueId: 'CAKE refused the conversion',
	recordWithoutUniqueId: 'CAKE refused the conversion',
};

export const REFERENCE_LABELS: Record<Reference['by'], string> = {
	conversionId: 'Conversion ID',
	orderId: 'Order ID',
	clickId: 'Click ID',
};

const getReferenceLabel = ({ reference }: FailureFacts) =>
	REFERENCE_LABELS[reference?.by ?? 'conversionId'];

/** Whether an ID filter could tell some of the conversions from the others. */
function hasDistinguishingFilter(conversions: Conversion[]): boolean {
	return (['advertiserId', 'affiliateId', 'offerId'] as const).some(
		(name) => new Set(conversions.map(({ row }) => String(row[FILTER_MEMBERS[name]]))).size > 1,
	);
}

const POLL_AGAIN = 'The next poll tries again and misses nothing.';

/** Messages quote only field labels: n8n replaces a message that contains a code such as ENOENT. */
export const TEXTS: Record<FailureKind, Text> = {
	refused: {
		message: ({ request }) => (request ? REFUSED[request] : 'CAKE refused the request'),
		nextStep: adviseOnRefusal,
		trigger: `Check the filters of the trigger. ${CHECK_ACCOUNT}`,
	},
	unauthorized: {
		message: 'CAKE did not accept the API key',
		nextStep: `${CHECK_KEY} ${TELL_APART}`,
		agent: `${CHECK_KEY} ${TELL_USER}`,
	},
	throttled: {
		message: 'CAKE is limiting the number of requests',
		nextStep:
			"Wait, then run the rest again. If it happens often, lower 'Max Concurrent' under Options.",
		trigger: `${POLL_AGAIN} If it happens often, poll less often, add a filter or lower 'Look Back Days'.`,
	},
	unavailable: {
		message: 'CAKE is not answering properly',
		nextStep:
			"Try again later. If it continues, open the 'Base URL' of the credential in a browser.",
		trigger: POLL_AGAIN,
	},
	notSent: {
		message: 'CAKE could not be reached',
		nextStep: `This was not sent. ${CHECK_HOST} and this server's connection.`,
		trigger: `${CHECK_HOST} and this server's connection. ${POLL_AGAIN}`,
	},
	unknownOutcome: {
		message: 'It is not known whether CAKE stored this',
		nextStep:
			'Look the conversion up in CAKE before sending it again. If your account refuses a repeated Unique ID, you can send it again with the same one.',
		agent: AGENT_MUST_NOT_REPEAT,
	},
	notFound: {
		message: (facts) => `No conversion with this '${getReferenceLabel(facts)}' was found`,
		nextStep: ({ isOrderId, reference }) =>
			isOrderId
				? "It is the 'Order ID' of a conversion there: if you mean the order, choose 'Order ID' under 'Find By'."
				: `Check the value and the filters, or look further back with 'Search Days' under Options.${reference?.by === 'orderId' ? " If no order is found at all, Check Account shows whether CAKE's list has Order IDs." : ''}`,
	},
	ambiguous: {
		message: (facts) => `Several conversions have this '${getReferenceLabel(facts)}'`,
		nextStep({ conversions = [], isForUpdate }) {
			const verb = isForUpdate ? 'update' : 'get';
			const choice = hasDistinguishingFilter(conversions)
				? `Add a filter that only one of them passes, or ${verb} by 'Conversion ID'.`
				: `No filter tells them apart: choose one, and ${verb} it by 'Conversion ID'.`;
			return isForUpdate ? choice : `${choice} To get them all, use Query Conversions.`;
		},
	},
};

/** Replace the kind's texts for every audience, but not an agent's advice on a refused recording. */
export const CASES: Record<FailureCase, Partial<Pick<Text, 'message' | 'nextStep'>>> = {
	filterIgnored: {
		message: ({ filter }) => `CAKE ignored the filter '${filter ? getFilterLabel(filter) : ''}'`,
		nextStep: ({ filter }) =>
			`Remove the filter '${filter ? getFilterLabel(filter) : ''}', and filter in the workflow instead. Check Account shows which other filters CAKE ignores.`,
	},
	bareDuplicate: {
		message: 'CAKE says this is a duplicate, but not of what',
		nextStep: ({ conversions = [] }) =>
			conversions.length > 0
				? 'If one of them is this sale, nothing is left to do. If not, ask your CAKE account manager why it is refused.'
				: 'Check in CAKE whether it has this sale. If not, ask your CAKE account manager why it is refused.',
	},
	// Never advise another Unique ID: if the conversion is this sale, it would be paid twice.
	uniqueIdOfAnotherSale: {
		message: 'CAKE has this Unique ID for another click',
		nextStep:
			'Check in CAKE whether that conversion is this sale. If it is, nothing is left to do. If not, two sales have the same Unique ID, and this one is not recorded.',
	},
	redirected: { nextStep: `${CHECK_HOST}.` },
	noHttps: {
		nextStep: `${CHECK_HOST}. The address of a sandbox on this machine needs http:// before it.`,
	},
	incompleteList: {
		message: "CAKE's list could not be read completely",
		nextStep: ({ isForList }) =>
			isForList
				? "No line was compared. Try again, or read fewer with a filter or another 'Date Range'."
				: "Try again, or read fewer with a filter or 'Search Days' under Options.",
	},
	pollTooLong: {
		message: "CAKE's list is too long for one poll",
		nextStep:
			"To read less, add a filter or lower 'Look Back Days' under Options. After a long time without a poll, replace this node with a copy under another name: it starts from zero.",
	},
};
