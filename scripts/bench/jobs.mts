import type { Job } from './job.mts';
import { orderJobs } from './jobs/orders.mts';
import { pollJob } from './jobs/poll.mts';
import { queryJobs } from './jobs/query.mts';
import { recordJobs } from './jobs/record.mts';

const ALL = [...queryJobs, ...recordJobs, ...orderJobs, pollJob];

function listFor(bench: 'engine' | 'n8n'): Job[] {
	return ALL.map((job) => ({
		...job,
		sides: job.sides.filter(({ only }) => only === undefined || only === bench),
	}));
}

/** The jobs of `npm run bench:n8n`, in order. */
export const JOBS = listFor('n8n');

/** The same jobs for `npm run bench`. */
export const ENGINE_JOBS = listFor('engine');
