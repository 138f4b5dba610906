import { useCake } from '../../support/cake.mts';
import { Poller } from '../../support/poller.mts';

const cake = useCake({ rows: 30, days: 5 });

it.failing.each(['foo', 'constructor', ''])(
	'refuses the event %p, which it does not know, by its name',
	async (event) => {
		const parameters = { event, statuses: ['rejected'] };
		const poller = new Poller({ credential: cake.credential, parameters });
		await expect(poller.activate()).rejects.toThrow(/^'Trigger On'/);
		expect(cake.requests).toBe(0);
	},
);
