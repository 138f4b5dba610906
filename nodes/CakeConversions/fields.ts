import type { INodeProperties } from 'n8n-workflow';

import { createDateRangeFields } from './actions/dateRange';
import { findByFields } from './actions/findBy';
import { queryFields } from './actions/query/query.operation';
import { reconcileFields } from './actions/reconcile/fields';
import { recordFields } from './actions/record/fields';
import { totalsFields } from './actions/totals/totals.operation';
import { updateFields } from './actions/update/update.operation';
import { optionFields } from './options';

/** The fields of all operations, in the order of the form. */
export const fields: INodeProperties[] = [
	...recordFields,
	...createDateRangeFields(['query', 'totals'], 'last7Days'),
	...queryFields,
	...totalsFields,
	...reconcileFields,
	...findByFields,
	...updateFields,
	...optionFields,
];
