import type { Checks } from '../../support/checks.mts';
import type { Fresh } from '../../support/fresh.mts';
import type { SlackInbox } from '../../support/slack.mts';
import { checkAskInChat } from './askInChat.mts';
import { checkChargebacks } from './chargebacks.mts';
import { checkCommands } from './commands.mts';
import { checkDealWon } from './dealWon.mts';
import { checkFiles } from './files.mts';
import { checkMonthEnd } from './monthEnd.mts';
import { checkPinned } from './pinned.mts';
import { checkRefund } from './refund.mts';
import { checkRejected } from './rejected.mts';
import { checkTable } from './table.mts';

/**
 * Checks every example as it is in the repository, driven from outside. The order matters:
 * `checkDealWon` records the deals that the others need.
 */
export async function checkExamples(
	fresh: Fresh,
	slack: SlackInbox,
	checks: Checks,
): Promise<void> {
	await checkFiles(fresh, checks);
	await checkDealWon(fresh, checks);
	await checkPinned(fresh, checks);
	await checkMonthEnd(fresh, checks);
	await checkRefund(fresh, checks);
	await checkCommands(fresh, checks);
	await checkChargebacks(fresh, checks);
	await checkTable(fresh, checks);
	await checkAskInChat(fresh, checks);
	await checkRejected(fresh, slack, checks);
}
