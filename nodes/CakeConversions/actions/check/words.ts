import type { Check, Evidence, Finding, Reason } from '../../../cake/account/findings';

type Text = string | ((evidence: Evidence) => string);

/** What a check found, and what to do about it. */
interface Words {
	yes: Text;
	no: Text;
	/** Findings of the reasons that mean something else here than elsewhere. */
	reasons?: Partial<Record<Reason, Text>>;
	advice: Partial<Record<Finding['result'], string>>;
}

const count = (value = 0, noun = 'conversion') => `${value} ${noun}${value === 1 ? '' : 's'}`;
const ofRows = (member: 'with_value' | 'with_zone' | 'with_other_status') => (found: Evidence) =>
	`${found[member] ?? 0} of ${count(found.rows)} read`;

const ASK_RIGHTS =
	"Give the user of the API key the right to it in CAKE, and check that CAKE lets this server's IP address use the API.";

function createFilterWords(label: string): Words {
	return {
		yes: `With the filter '${label}', CAKE lists only conversions that match.`,
		no: ({ not_asked_for: others, in_both: both, rows }) =>
			both === undefined
				? `CAKE ignores the filter '${label}': ${others} of ${count(rows)} that it listed do not match.`
				: `CAKE ignores the filter '${label}': it listed the same ${count(both)} for two of its values.`,
		reasons: {
			oneValue: `All conversions read have the same '${label}', so the filter cannot show what it does.`,
			notShown: `CAKE's list does not show '${label}', so it cannot be compared.`,
			noneListed: `With the filter '${label}', CAKE listed none of the conversions that match.`,
		},
		advice: {
			no: `Do not use the filter '${label}' in any operation or trigger. Use a Filter node in the workflow instead.`,
			undecided: `Before you rely on the filter '${label}', compare one result with CAKE's own report.`,
		},
	};
}

function createMemberWords(member: string, noun: string, advice: string): Words {
	return {
		yes: (found) => `${ofRows('with_value')(found)} show ${noun} (${member}).`,
		no: ({ rows }) => `None of ${count(rows)} read shows ${noun} (${member}).`,
		reasons: {
			fewConversions: ({ rows }) => `None of only ${count(rows)} read shows ${noun} (${member}).`,
		},
		advice: { no: advice },
	};
}

function createListWords(list: string): Words {
	return {
		yes: ({ rows }) => `CAKE gives the list of ${list}: ${rows} on its first page.`,
		no: `CAKE does not give the list of ${list}.`,
		reasons: { noneListed: `CAKE's list of ${list} is empty.` },
		advice: {
			no: `Choose By ID in place of From List, and leave 'Add Names' off. To use them, let the user of the API key read this list in CAKE.`,
		},
	};
}

/** The words for each check. `yes` and `no` answer the question in docs/check-account.md. */
export const WORDS: Record<Check, Words> = {
	keyAccepted: {
		yes: 'CAKE accepts the API key.',
		no: 'CAKE does not accept the API key.',
		advice: {
			no: "Enter a valid 'API Key' in the CAKE credential. You find it in CAKE under Setup > System Access > API Keys.",
			undecided: `Check 'API Key' in the CAKE credential. ${ASK_RIGHTS}`,
		},
	},
	conversionsListed: {
		yes: 'The API key may read conversions.',
		no: 'CAKE refuses to list conversions.',
		advice: { no: ASK_RIGHTS },
	},
	endDateCounted: {
		yes: 'A list includes the conversions of its end date.',
		no: 'A list has none of the conversions of its end date.',
		reasons: {
			notShown: 'The dates of the conversions cannot be read, so no day could be compared.',
			datesIgnored: 'CAKE lists conversions of days on which there are none. It ignores dates.',
			unclear: 'No day has conversions that show it. Conversions at midnight prove nothing.',
		},
		advice: {
			no: "In Query Conversions and Get Totals, choose 'Custom' and an 'End Date' one day after the last one you want. Otherwise 'Today' and 'Yesterday' are empty, and the other ranges lack their last day.",
			undecided:
				"On a day that has conversions, run Query Conversions with 'Date Range' Today. If nothing comes out, the end date does not count.",
		},
	},
	offerFilter: createFilterWords('Offer'),
	affiliateFilter: createFilterWords('Affiliate'),
	advertiserFilter: createFilterWords('Advertiser'),
	statusFilter: createFilterWords('Conversion Status'),
	pagesOf500: {
		yes: 'CAKE gives 500 conversions in one reply.',
		no: ({ rows }) => `Asked for 500 conversions, CAKE gives ${rows} in one reply.`,
		reasons: { fewConversions: ({ rows }) => `There are only ${count(rows)} to read.` },
		advice: { no: 'All are read nevertheless, with more requests. Ask for fewer days at a time.' },
	},
	totalNamed: {
		yes: ({ total }) => `CAKE names the total, ${total}, and it is right.`,
		no: 'CAKE names no reliable total.',
		reasons: {
			noTotal: 'CAKE names no total.',
			mixed: 'CAKE names the total in some replies only.',
			wrongTotal: ({ total, rows }) =>
				`CAKE names ${total} as the total, but its list reaches to row ${rows}.`,
		},
		advice: {
			no: 'Lists are read page by page in order, which takes longer. Ask for fewer days at a time.',
		},
	},
	uniqueIdInRows: createMemberWords(
		'unique_id',
		'a Unique ID',
		'When a recording gets no clear answer, the list cannot prove what CAKE stored. Look such a sale up in CAKE.',
	),
	orderIdInRows: createMemberWords(
		'order_id',
		'an Order ID',
		"'Find By' and 'Match By' Order ID find nothing. If your sales have no Order ID, send one with each. If they have, use the Click ID or the Conversion ID.",
	),
	adv1InRows: createMemberWords(
		'adv1',
		'a Sub ID 1',
		'Workflows cannot read sub IDs from the list. Keep them where the sale comes from.',
	),
	otherStatuses: {
		yes: (found) => `${ofRows('with_other_status')(found)} have a status of CAKE's own.`,
		no: ({ rows }) => `All ${count(rows)} of a year are approved, pending or rejected.`,
		reasons: {
			notShown: "CAKE's list does not show the status of each conversion.",
			partlyRead: ({ rows }) =>
				`None of ${count(rows)} read has another status, but there are more than these.`,
		},
		advice: {
			yes: "No filter by status and no Status Change trigger finds them. Group Get Totals by Status to see them. In 'Only If Status Is', enter them with an expression.",
		},
	},
	offersListed: createListWords('offers'),
	affiliatesListed: createListWords('affiliates'),
	advertisersListed: createListWords('advertisers'),
	monthInAMinute: {
		yes: ({ month_rows: rows, month_requests: requests, month_seconds: seconds }) =>
			`A month has ${count(rows)}: ${count(requests, 'request')}, about ${seconds} s one after another.`,
		no: ({ month_rows: rows, month_requests: requests, month_seconds: seconds }) =>
			`A month has ${count(rows)}: ${count(requests, 'request')}, about ${seconds} s one after another.`,
		reasons: {
			noTotal: ({ rows, seconds }) =>
				`${count(rows)} took ${seconds} s, but CAKE does not say how many a month has.`,
			unclear: ({ month_rows: rows, month_seconds: seconds }) =>
				`A month has ${count(rows)}: about ${seconds} s one after another, and less when pages are read at once.`,
		},
		advice: {
			no: "Use a filter or fewer days where you can, and raise 'Look Back Days' of a trigger with care.",
		},
	},
	datesNameZone: {
		yes: (found) => `Dates name their time zone: ${ofRows('with_zone')(found)} do.`,
		no: 'The dates of conversions name no time zone.',
		reasons: {
			notShown: 'Some dates of conversions have a form that this node does not know.',
			mixed: (found) =>
				`Some dates name their time zone, and some do not: ${ofRows('with_zone')(found)} do.`,
		},
		advice: {
			no: "Give the workflow the time zone of your CAKE portal under Workflow Settings > Timezone, and read 'Conversion Date' in that zone.",
		},
	},
};

/** What was found where a check is not decided. */
export const REASONS: Record<Reason, Text> = {
	failed: 'CAKE did not answer the requests for this properly.',
	notAsked: 'The 25 requests or the five minutes of this check were already used up.',
	keyRefused: 'Not asked, because CAKE does not accept the API key.',
	refusedOtherwise: 'CAKE refuses, but does not say that it is because of the key.',
	notListed: 'Not asked, because CAKE does not list conversions.',
	noConversions: 'The account has no conversions of the last year to judge by.',
	fewConversions: 'There are too few conversions to judge by.',
	notShown: "CAKE's list does not show it.",
	oneValue: 'All conversions read have the same value.',
	noneListed: 'CAKE listed nothing.',
	datesIgnored: 'CAKE ignores dates.',
	unclear:
		'What CAKE answered does not fit together. Somebody may have changed something meanwhile.',
	partlyRead: 'There are more conversions than were read.',
	mixed: 'Some are so and some are not.',
	noTotal: 'CAKE names no total.',
	wrongTotal: 'CAKE names a wrong total.',
};

const ADVICE_OF_REASONS: Partial<Record<Reason, string>> = {
	failed: 'Run the check again later.',
	notAsked: 'Run the check again later.',
	keyRefused: 'Correct the key, then run the check again.',
	notListed: 'Let the key read conversions, then run the check again.',
	noConversions: 'Run the check again when the account has conversions.',
};

const toText = (text: Text, evidence: Evidence) =>
	typeof text === 'string' ? text : text(evidence);

/** The finding of a check in sentences, and the advice; '' where nothing is to be done. */
export function describeFinding({ check, result, reason, evidence, detail = '' }: Finding): {
	finding: string;
	advice: string;
} {
	const words = WORDS[check];
	const ofReason =
		reason && (words.reasons?.[reason] ?? (result === 'undecided' && REASONS[reason]));
	const text = ofReason || (result === 'undecided' ? '' : words[result]);
	const finding = `${toText(text, evidence)} ${detail}`.trim();
	const ofCause = result === 'undecided' && reason ? ADVICE_OF_REASONS[reason] : undefined;
	return { finding, advice: ofCause ?? words.advice[result] ?? '' };
}
