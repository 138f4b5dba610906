import type { TestContext } from 'node:test';
import { ensureFormCredential } from '../../../../harness/server/credentials.mts';
import type { Fresh } from '../../support/fresh.mts';
import type { SlackInbox } from '../../support/slack.mts';
import { checkAmounts } from './amounts.mts';
import { checkAskInChat } from './askInChat.mts';
import { checkChargebacks } from './chargebacks.mts';
import { checkCommands } from './commands.mts';
import { checkDealWon } from './dealWon.mts';
import { checkFiles } from './files.mts';
import { checkLogin } from './login.mts';
import { checkMonday } from './monday.mts';
import { checkMonthEnd } from './monthEnd.mts';
import { checkPinned } from './pinned.mts';
import { checkPostbackExamples } from './postbacks.mts';
import { checkRefund } from './refund.mts';
import { checkRejected } from './rejected.mts';
import { checkTable } from './table.mts';
import { checkUndo } from './undo.mts';

/**
 * Checks every example as it is in the repository, driven from outside. The order matters:
 * `checkDealWon` records the deals that the others need.
 */
export async function checkExamples(
	fresh: Fresh,
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	await ensureFormCredential(fresh.instance);
	await checkFiles(fresh, t);
	await checkDealWon(fresh, t);
	await checkPinned(fresh, t);
	await checkMonthEnd(fresh, t);
	await checkAmounts(fresh, t);
	await checkRefund(fresh, t);
	await checkCommands(fresh, t);
	await checkChargebacks(fresh, t);
	await checkUndo(fresh, t);
	await checkLogin(fresh, t);
	await checkTable(fresh, t);
	await checkMonday(fresh, t);
	await checkAskInChat(fresh, t);
	await checkPostbackExamples(fresh, slack, t);
	await checkRejected(fresh, slack, t);
}
