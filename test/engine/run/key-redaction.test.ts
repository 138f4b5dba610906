import type { ReplyMaker } from '../../../sandbox/server.mts';
import { type Cake, useCake, whereIs } from '../../support/cake.mts';

const [hyphenated, base64] = ['sandbox-key-0123456789', 'aB3+/x9+/Zk/=='].map((apiKey) =>
	useCake({ apiKey }),
);

const encodeTwice = (text: string) => encodeURIComponent(encodeURIComponent(text));
const replaceHyphens = (text: string, by: string) => text.replaceAll('-', by);

/** Records a sale. Gives where n8n keeps the key, as it is or as CAKE wrote it. */
async function findKey(cake: Cake, written: string, reply: ReplyMaker): Promise<string[]> {
	cake.sandbox.replyNext('record', reply);
	const run = await cake.record({}, { onError: 'continueErrorOutput' });
	expect(run.errorItems).toHaveLength(1);
	return [...whereIs(cake.sandbox.apiKey, run), ...whereIs(written, run)];
}

it.each<[string, Cake, (apiKey: string) => string]>([
	['percent-encoded twice', base64, encodeTwice],
	['with %2D for a hyphen', hyphenated, (apiKey) => replaceHyphens(apiKey, '%2D')],
	['with &#45; for a hyphen', hyphenated, (apiKey) => replaceHyphens(apiKey, '&#45;')],
	['with \\u002d for a hyphen', hyphenated, (apiKey) => replaceHyphens(apiKey, '\\u002d')],
])('takes the key out of a message that holds it %s', async (_form, cake, write) => {
	const written = write(cake.sandbox.apiKey);
	const body = `{"request_status":"Error","message":"No access for ${written}"}`;
	expect(await findKey(cake, written, () => ({ body }))).toEqual([]);
});

it.each([200, 403])(
	'takes the key out of the address that a login page leads back to (HTTP %i)',
	async (status) => {
		const written = encodeTwice(base64.sandbox.apiKey);
		const reply: ReplyMaker = ({ target }) => ({
			status,
			headers: { 'Content-Type': 'text/html' },
			body: `<p>Please sign in: /login.aspx?ReturnUrl=${encodeURIComponent(target)}</p>`,
		});
		expect(await findKey(base64, written, reply)).toEqual([]);
	},
);
