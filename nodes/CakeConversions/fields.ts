import type { INodeProperties } from 'n8n-workflow';

import { dateRangeFields } from './actions/dateRange';
import { findByFields } from './actions/findBy';
import { queryFields } from './actions/query/query.operation';
import { recordFields } from './actions/record/fields';
import { totalsFields } from './actions/totals/totals.operation';
import { updateFields } from './actions/update/update.operation';
import { optionFields } from './options';

/** The fields of all operations, in the order of the form. */
export const fields: INodeProperties[] = [
	...recordFields,
	...dateRangeFields,
	...queryFields,
	...totalsFields,
	...findByFields,
	...updateFields,
	...optionFields,
];
