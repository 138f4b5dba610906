import type { Checks } from '../../support/checks.mts';
import type { Fresh } from '../../support/fresh.mts';
import type { Outside } from '../../support/outside.mts';
import { checkDealWon } from './dealWon.mts';
import { checkFiles } from './files.mts';
import { checkMonthEnd } from './monthEnd.mts';
import { checkRefund } from './refund.mts';
import { checkRejected } from './rejected.mts';

/**
 * Every example, as it is in the repository, driven from outside. The order counts: the first
 * records the deals that the others work on.
 */
export async function checkExamples(fresh: Fresh, outside: Outside, checks: Checks): Promise<void> {
	await checkFiles(fresh, checks);
	await checkDealWon(fresh, checks);
	await checkMonthEnd(fresh, checks);
	await checkRefund(fresh, checks);
	await checkRejected(fresh, outside, checks);
}
