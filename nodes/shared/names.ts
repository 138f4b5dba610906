import type { INodeProperties } from 'n8n-workflow';

import type { NameLookup } from '../cake/directory/nameLookup';

/** The member of 'Options' that adds names to rows. */
export const addNamesField: INodeProperties = {
	displayName: 'Add Names',
	name: 'addNames',
	type: 'boolean',
	// On, because users add this option to turn it on. Without the option it is off.
	default: true,
	description:
		'Whether to add the names of offer, affiliate and advertiser to the output, as offer_name, affiliate_name and advertiser_name. A name that CAKE does not give is left out.',
};

/** A sentence about the lists that CAKE did not give; undefined when no name is missing for it. */
export function describeMissingNames(lookup: NameLookup): string | undefined {
	const failures = lookup.listFailures();
	const [detail] = failures.values();
	if (detail === undefined) return undefined;
	const lists = [...failures.keys()].map((directory) => `${directory}s`).join(' and ');
	return `'Add Names' is on, but CAKE gave no full list of ${lists}, so names are missing. ${detail} Check that the user of the API key may read these lists in CAKE, ask for fewer conversions, or turn 'Add Names' off.`;
}
