import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account/account.mts';
import { STATUSES } from '../account/model.mts';
import { RandomQuirks } from '../faults/quirks.mts';
import { CONVERSION_HANDLERS } from '../http/endpoints.mts';
import type { Postbacks } from '../http/postbacks.mts';
import { explainProblems } from '../http/service.mts';
import type { Settings } from '../protocol/options.mts';
import type { PostbackEntry } from '../protocol/postbacks.mts';
import { ENDPOINTS, type RawRequest } from '../protocol/request.mts';
import { checkRequest } from '../protocol/strict.mts';

/** The page waits this long for the answer to a postback. */
const ANSWER_WITHIN_MS = 5000;

/** What an action did, for the person who looks at the page. */
export interface Done {
	text: string;
	hasFailed: boolean;
	/** The conversion that it is about. */
	conversionId?: number | undefined;
}

export interface Floor {
	account: Account;
	postbacks: Postbacks;
	settings: Settings;
}

type Fields = Record<string, string | undefined>;
type Action = (floor: Floor, fields: Fields) => Done | Promise<Done>;

/** Sets a status, like a person in CAKE's own screens. */
const setStatus: Action = ({ account }, fields) => {
	const conversion = account.conversions.get(Number(fields.conversion_id));
	const status = STATUSES.find((name) => name === fields.status);
	if (!conversion || !status) return { text: 'There is no such conversion.', hasFailed: true };
	const { conversionId, status: previous } = conversion;
	account.setStatus(conversionId, status);
	const was = previous === status ? `${status} already` : previous;
	const text = `Conversion ${conversionId} is now ${status}. It was ${was}.`;
	return { text, hasFailed: false, conversionId };
};

/** Records a conversion. Checks and refuses what the endpoint does. Plays no faults and quirks. */
const record: Action = ({ account, postbacks, settings }, fields) => {
	const query = new URLSearchParams();
	const ownOffer = account.clicks.get(fields.click_id ?? '')?.offerId;
	for (const [name, value] of Object.entries({ offer_id: ownOffer, ...fields })) {
		if (value !== undefined) query.set(name, String(value));
	}
	query.set('api_key', settings.apiKey);
	const { values, problems } = checkRequest(toRequest(query.toString()), 'record');
	if (problems.length > 0) return refuse(explainProblems(problems));
	const quirks = new RandomQuirks([], settings.seed).draw('record');
	const answer = CONVERSION_HANDLERS.record(account, values, settings, quirks);
	const { result, conversionId } = answer;
	const { message } = JSON.parse(answer.json) as { message?: string };
	if (message !== undefined) return { ...refuse(message), conversionId };
	if (result === 'duplicate') {
		const text = `Nothing was recorded. CAKE had conversion ${conversionId} already.`;
		return { text, hasFailed: false, conversionId };
	}
	const status = account.conversions.get(conversionId ?? 0)?.status;
	const called = postbacks.hasUrl
		? ' Workflows that wait for postbacks are called, if they are published.'
		: '';
	const text = `Conversion ${conversionId} is recorded, and ${status}.${called}`;
	return { text, hasFailed: false, conversionId };
};

/** The request that a client would send to record. */
function toRequest(query: string): RawRequest {
	const { method, path } = ENDPOINTS.record;
	const target = `${path}?${query}`;
	return { endpoint: 'record', method, path, target, query, headers: {}, body: '' };
}

const refuse = (reason: string): Done => ({
	text: `Nothing was recorded. CAKE says: ${reason}`,
	hasFailed: true,
});

/** Sends the postback of a conversion again, and says what it was answered. */
const firePostback: Action = async ({ account, postbacks }, fields) => {
	if (!postbacks.hasUrl) return { text: 'There is no URL for postbacks.', hasFailed: true };
	const conversion = account.conversions.get(Number(fields.conversion_id));
	if (!conversion) return { text: 'There is no such conversion.', hasFailed: true };
	const { conversionId } = conversion;
	const none = sleep(ANSWER_WITHIN_MS, undefined, { ref: false });
	const entries = await Promise.race([postbacks.fire(conversion), none]);
	const answers = entries ? describeAnswers(entries) : 'There is no answer yet.';
	// Of several workflows, few may be published.
	const hasFailed = !entries?.some(({ status = 0 }) => status >= 200 && status < 300);
	const text = `The postback of conversion ${conversionId} was sent. ${answers}`;
	return { text, hasFailed, conversionId };
};

function describeAnswers(entries: PostbackEntry[]): string {
	const byStatus = new Map<number | undefined, number>();
	for (const { status } of entries) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
	// Several recipes have an address each. The first lines are about those that took it.
	const sorted = [...byStatus].sort(([one = 999], [other = 999]) => one - other);
	return sorted.map(([status, count]) => describeAnswer(status, count, entries.length)).join(' ');
}

function describeAnswer(status: number | undefined, count: number, total: number): string {
	const which = total === 1 ? 'The address' : `${count} of ${total} addresses`;
	if (status === undefined) return `${which} did not answer. Is n8n running?`;
	const isUnpublished = status === 404 ? ' Is the workflow published?' : '';
	return `${which} answered HTTP ${status}.${isUnpublished}`;
}

/** What the page can do, by the path that its forms are sent to. */
export const ACTIONS: Readonly<Record<string, Action>> = {
	'/sandbox/status': setStatus,
	'/sandbox/record': record,
	'/sandbox/postback': firePostback,
};
