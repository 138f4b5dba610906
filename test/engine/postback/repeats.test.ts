import { SALE_ITEM, toQuery, usePostbacks } from '../../support/postbacks.mts';

const publish = usePostbacks();
const passOnRepeats = { options: { passOnRepeats: true } };

describe('a conversion that comes again', () => {
	it('starts nothing with the same values, whatever their order and method', async () => {
		const server = await publish();
		const [, ...parts] = toQuery().split(/[?&]/);
		const other = `?${parts.reverse().join('&')}`;
		for (const query of [toQuery(), toQuery(), other]) {
			expect((await server.call(query)).status).toBe(200);
		}
		expect((await server.call(toQuery(), { method: 'POST' })).status).toBe(200);
		expect(await server.items()).toEqual([[SALE_ITEM]]);
		expect(server.log).toHaveLength(3);
		expect(server.log[0]).toContain('conversion "4456789" came again');
	});

	it('starts the workflow once when fifty calls overlap', async () => {
		const server = await publish();
		await Promise.all(Array.from({ length: 50 }, async () => await server.call(toQuery())));
		expect(await server.items()).toEqual([[SALE_ITEM]]);
	});

	it('starts the workflow with other values, and says that it is a repeat', async () => {
		const server = await publish();
		await server.call(toQuery());
		await server.call(toQuery({ payout: '7.50' }));
		await server.call(toQuery({ payout: '7.50' }));
		await server.call(toQuery());
		expect(await server.items()).toEqual([
			[SALE_ITEM],
			[{ ...SALE_ITEM, payout: 7.5, payout_text: '7.50', repeat: true }],
		]);
	});

	it('starts the workflow each time under Pass On Repeats, and says that it is a repeat', async () => {
		const server = await publish({ parameters: passOnRepeats });
		for (let i = 0; i < 3; i++) await server.call(toQuery());
		const repeat = { ...SALE_ITEM, repeat: true };
		expect(await server.items()).toEqual([[SALE_ITEM], [repeat], [repeat]]);
	});

	it('starts the workflow of another trigger, each once', async () => {
		const [one, other] = [await publish(), await publish({ nodeId: 'other' })];
		for (const server of [one, other, one, other]) await server.call(toQuery());
		expect(await one.items()).toEqual([[SALE_ITEM]]);
		expect(await other.items()).toEqual([[SALE_ITEM]]);
	});

	it('starts the workflow once more after a restart of n8n', async () => {
		const server = await publish();
		await server.call(toQuery());
		server.restart();
		for (let i = 0; i < 2; i++) await server.call(toQuery());
		expect(await server.items()).toEqual([[SALE_ITEM], [SALE_ITEM]]);
	});

	it('is shown in the editor as often as it is sent to the Test URL, and is not remembered', async () => {
		const server = await publish();
		for (let i = 0; i < 2; i++) await server.call(toQuery(), { isTest: true });
		await server.call(toQuery());
		expect(await server.items()).toEqual([[SALE_ITEM], [SALE_ITEM], [SALE_ITEM]]);
	});

	it('leaves the static data of the workflow alone, where a polling trigger keeps its memory', async () => {
		const server = await publish();
		await server.call(toQuery());
		expect(server.staticData).toEqual([{}]);
	});
});
