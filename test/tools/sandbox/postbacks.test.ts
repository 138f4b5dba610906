import { BadArgument, readArguments } from '../../../sandbox/arguments.mts';
import { startSandbox } from '../../../sandbox/server.mts';

const URL_WITH_TOKENS = 'http://127.0.0.1:5678/webhook/x/postback?key=k&conversion_id=#leadid#';
const OTHER_URL = 'http://127.0.0.1:5678/webhook/y/postback';

describe('postbacks on the command line', () => {
	it('takes URLs, a method and faults', () => {
		const flags = ['--postback', URL_WITH_TOKENS, '--postback', OTHER_URL];
		flags.push('--postback-method', 'POST');
		expect(readArguments([...flags, '--postback-fault', 'twice:0.5'])?.postback).toEqual({
			urls: [URL_WITH_TOKENS, OTHER_URL],
			method: 'POST',
			faults: [{ kind: 'twice', probability: 0.5 }],
		});
		expect(readArguments([])).not.toHaveProperty('postback');
	});

	it.each([
		[['--postback', 'localhost'], '--postback takes a URL'],
		[['--postback', URL_WITH_TOKENS, '--postback-method', 'PUT'], 'takes GET or POST'],
		[['--postback-fault', 'never:0.5'], 'no such fault "never"'],
		[['--postback-fault', 'twice'], '--postback-fault takes KIND:PROBABILITY'],
		[['--postback-fault', 'twice:0.6', '--postback-fault', 'late:0.6'], 'add up to more than 1'],
	])('refuses %j', (flags, words) => {
		expect(() => readArguments(flags)).toThrow(BadArgument);
		expect(() => readArguments(flags)).toThrow(words);
	});
});

describe('postbacks', () => {
	it('are sent for recorded conversions only, and fail no recording when nobody is there', async () => {
		// Nothing listens on port 1.
		const url = 'http://127.0.0.1:1/?id=#leadid#';
		const sandbox = await startSandbox({ postback: { urls: [url] } });
		sandbox.account.addConversion();
		const recorded = sandbox.account.record({});
		await sandbox.postbacks.settle();
		expect(sandbox.postbacks.log).toEqual([{ conversionId: recorded.conversionId }]);
		await sandbox.close();
	});

	it('that are late are dropped when the sandbox is closed', async () => {
		const url = 'http://127.0.0.1:1/?id=#leadid#';
		const sandbox = await startSandbox({ postback: { urls: [url], lateMs: 600_000 } });
		sandbox.postbacks.failNext('late');
		sandbox.account.record({});
		await sandbox.close();
		await sandbox.postbacks.settle();
		expect(sandbox.postbacks.log).toEqual([]);
	});
});
