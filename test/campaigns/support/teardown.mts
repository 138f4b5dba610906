import { styleFor, table } from '../../../scripts/demo/print.mts';
import { endTable } from './figures.mts';

/** Jest's global teardown. Prints the table of figures, if a campaign ran. */
export default function teardown(): void {
	const figures = endTable();
	if (figures.length === 0) return;
	const lines = table(
		[
			{ title: 'campaign' },
			{ title: 'must hold' },
			{ title: 'measured' },
			{ title: 'seconds', align: 'right' },
		],
		figures.map(({ campaign, mustHold, measured, seconds }) => [
			campaign,
			mustHold,
			measured,
			seconds?.toFixed(1) ?? '',
		]),
		styleFor(false),
		0,
	);
	process.stdout.write(`\n${lines.join('\n')}\n`);
}
