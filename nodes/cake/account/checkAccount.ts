import { asError, type CakeError } from '../errors';
import type { RequestContext } from '../transport/retry';
import { AccountReader, isRefusal } from './accountReader';
import { checkEndDate } from './endDate';
import { checkFilters } from './filters';
import { CHECKS, decide, leaveOpen, type Finding, type Reason } from './findings';
import { checkLists } from './lists';
import { checkPageSize, checkTotal, estimateMonth } from './pages';
import { checkRows } from './rows';
import { readMonth, widenSample, type Sample } from './sample';

/** What CAKE's older API says of a key that is missing or expired, and words like it. */
const BAD = '(?:invalid|expired|unknown|incorrect|wrong|not (?:valid|found|recognized))';
const KEY = 'api[ _-]?key';
const KEY_REFUSED = new RegExp(`${BAD} ${KEY}|${KEY} (?:is |has |was )?${BAD}`, 'i');

/** A 403 may also mean the rights of the user, or the IP address. */
function isAboutKey({ facts: { httpStatus, detail = '' } }: CakeError): boolean {
	return httpStatus === 401 || KEY_REFUSED.test(detail);
}

/** In the order of CHECKS. Those that are missing stay open, for this reason. */
function complete(findings: Finding[], reason: Reason): Finding[] {
	return CHECKS.map(
		(check) => findings.find((one) => one.check === check) ?? leaveOpen(check, reason),
	);
}

/** CAKE refused to list conversions: because of the key, or its rights. */
async function explainRefusal(reader: AccountReader, refusal: CakeError): Promise<Finding[]> {
	const detail = reader.quote(refusal);
	if (isAboutKey(refusal)) {
		return complete([{ ...decide('keyAccepted', false), detail }], 'keyRefused');
	}
	const { findings } = await checkLists(reader);
	const isAccepted = findings.some(({ result }) => result === 'yes');
	const key = isAccepted
		? decide('keyAccepted', true)
		: { ...leaveOpen('keyAccepted', 'refusedOtherwise'), detail };
	const refused = { ...decide('conversionsListed', false), detail };
	return complete([key, refused, ...findings], 'notListed');
}

async function judge(reader: AccountReader, month: Sample, today: string): Promise<Finding[]> {
	const lists = await checkLists(reader);
	const sample = await widenSample(reader, month, today);
	const pages = await reader.attempt('pagesOf500', async () => await checkPageSize(reader, sample));
	const total = await reader.attempt('totalNamed', async () => await checkTotal(reader, sample));
	const endDate = await reader.attempt(
		'endDateCounted',
		async () => await checkEndDate(reader, sample),
	);
	const filters = await checkFilters(reader, sample, lists.offers);
	const rows = checkRows(sample);
	const listed = decide('conversionsListed', true, { rows: sample.rows.length });
	const cost = estimateMonth(month, sample, total);
	const key = decide('keyAccepted', true, { requests: reader.requests });
	return [key, listed, pages, total, endDate, ...filters, ...rows, ...lists.findings, cost];
}

/**
 * Asks an account how it behaves where CAKE documents nothing. Sends at most 25 requests that read, one
 * at a time, and none that writes.
 * @param today `YYYY-MM-DD`
 * @returns one finding for each of CHECKS, in that order
 * @throws CakeError if CAKE gives no answer to the first request; NotSent when a person stopped the run
 */
export async function checkAccount(
	work: Pick<RequestContext, 'client' | 'retries' | 'stop' | 'remainingMs'>,
	today: string,
): Promise<Finding[]> {
	const reader = new AccountReader(work);
	let month: Sample;
	try {
		month = await readMonth(reader, today);
	} catch (error) {
		if (!isRefusal(error) || error.facts.case === 'redirected') throw asError(error);
		return await explainRefusal(reader, error);
	}
	return complete(await judge(reader, month, today), 'notAsked');
}
