import { DIRECTORIES, type Directory, type Entry } from '../directory/endpoints';
import { asError } from '../errors';
import { isRefusal, type AccountReader } from './accountReader';
import { decide, leaveOpen, type Check, type Finding } from './findings';

const CHECK_OF: Record<Directory, Check> = {
	offer: 'offersListed',
	affiliate: 'affiliatesListed',
	advertiser: 'advertisersListed',
};

/** What CAKE's lists of names gave. */
interface Lists {
	findings: Finding[];
	/** Undefined if CAKE gave no list of offers. */
	offers?: Entry[] | undefined;
}

/** Whether CAKE gives the lists of offers, affiliates and advertisers. @throws NotSent */
export async function checkLists(reader: AccountReader): Promise<Lists> {
	const findings: Finding[] = [];
	let offers: Entry[] | undefined;
	for (const directory of DIRECTORIES) {
		const check = CHECK_OF[directory];
		const ask = async () => {
			const { entries } = await reader.readNames(directory);
			if (directory === 'offer') offers = entries;
			const evidence = { rows: entries.length };
			return entries.length > 0
				? decide(check, true, evidence)
				: leaveOpen(check, 'noneListed', evidence);
		};
		findings.push(
			await reader.attempt(check, async () => {
				try {
					return await ask();
				} catch (error) {
					if (!isRefusal(error)) throw asError(error);
					return { ...decide(check, false), detail: reader.quote(error) };
				}
			}),
		);
	}
	return { findings, offers };
}
