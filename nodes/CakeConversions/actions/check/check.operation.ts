import type { IDataObject } from 'n8n-workflow';

import { checkAccount } from '../../../cake/account/checkAccount';
import type { Finding } from '../../../cake/account/findings';
import { toDayText } from '../../../cake/dates';
import { toHint } from '../hints';
import type { Operation } from '../operation';
import { describeFinding } from './words';

function toRow(found: Finding): IDataObject {
	const { check, result, evidence } = found;
	const { finding, advice } = describeFinding(found);
	return { check, result, finding, evidence, advice };
}

interface AccountCheck {
	/** Today in the workflow's time zone, `YYYY-MM-DD`. */
	today: string;
	/** Items after the first ask nothing: the answers would be the same. */
	isFirst: boolean;
}

/** Check Account: asks the account how it behaves, once for all items of a run. One item a check. */
export function createCheck(): Operation<AccountCheck, Finding[]> {
	let items = 0;
	return {
		isWrite: false,
		validate: (_item, { now, timezone }) => ({
			today: toDayText(now.setZone(timezone)),
			isFirst: items++ === 0,
		}),
		describeItems: (_values, total) =>
			total > 1
				? [toHint(`The account was checked once, for the first of ${total} items that came in.`)]
				: [],
		async perform({ today, isFirst }, session) {
			return isFirst ? await checkAccount(session, today) : [];
		},
		toRows: (findings) => findings.map(toRow),
	};
}
