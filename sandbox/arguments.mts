import { parseArgs } from 'node:util';
import type { Order } from './account/model.mts';
import {
	type Fault,
	FAULT_KINDS,
	type FaultKind,
	QUIRK_KINDS,
	type Quirk,
	type SandboxOptions,
} from './protocol/options.mts';
import { PROFILES, type ProfileName } from './profiles.mts';
import {
	isPostbackUrl,
	POSTBACK_EXAMPLE,
	POSTBACK_FAULT_KINDS,
	type PostbackFault,
	type PostbackOptions,
} from './protocol/postbacks.mts';

const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];

const ORDERS: readonly Order[] = ['newest', 'oldest', 'shuffled'];

/** Short names of common faults. */
const ALIASES: Readonly<Record<string, FaultKind>> = {
	'429': 'throttle',
	'500': 'serverError',
	'503': 'unavailable',
	'302': 'redirect',
	reset: 'resetAfter',
};

const KINDS_PER_LINE = 4;
const KINDS_INDENT = `\n${' '.repeat(18)}`;

/** Breaks a list of kinds into lines for the help text. */
function listKinds(kinds: readonly string[]): string {
	const lines: string[] = [];
	for (let i = 0; i < kinds.length; i += KINDS_PER_LINE) {
		lines.push(kinds.slice(i, i + KINDS_PER_LINE).join(', '));
	}
	return lines.join(`,${KINDS_INDENT}`);
}

/** What `--help` prints. */
export const HELP = `A CAKE account in one process, for trying things out. Nothing leaves this machine.

Usage: npm run sandbox -- [options]

  --port N        port on 127.0.0.1 (default 8787; 0 = any free one)
  --rows N        seeded conversions (default 5000)
  --days N        the conversions lie within the last N days (default 30)
  --latency N     wait before every reply, in ms (default 0)
  --seed N        another seed gives other data and other faults (default 1)
  --key TEXT      API key (default sandbox-key-0123456789)
  --rate N        more than N requests a second get 429 (default: no limit)
  --order WORD    order of a query's rows: ${ORDERS.join(', ')} (default newest)
  --profile WORD  an account that behaves in a way of its own, for Check Account; its rows and days are
                  those of the profile. One of
                  ${listKinds(PROFILE_NAMES)}
  --fault K:P     fault K hits a share P (0 to 1) of the requests; may be given several times.
                  K is one of
                  ${listKinds(FAULT_KINDS)};
                  or 429 (throttle), 500 (serverError), 503 (unavailable), 302 (redirect),
                  reset (resetAfter)
  --quirk K:P     quirk K, a way of real trackers, shows in a share P (0 to 1) of the requests,
                  each quirk on its own; may be given several times. K is one of
                  ${listKinds(QUIRK_KINDS)}
  --postback URL  call this URL for each conversion that is recorded, with the tokens of CAKE's
                  postbacks filled in: #leadid# #price# #utcunixtime# #affid# #oid# #campid#
                  #cid# #tid# #s1# to #s5#; may be given several times
  --postback-method WORD
                  GET or POST (default GET)
  --postback-fault K:P
                  fault K hits a share P (0 to 1) of the postbacks; may be given several times.
                  K is one of
                  ${listKinds(POSTBACK_FAULT_KINDS)}
  --help          this text

Its page in a browser, at the address it prints, shows the conversions. There you record one,
change a status or fire a postback again.
Counters while it runs: GET /sandbox/counters; back to zero: POST /sandbox/reset
(these are the sandbox's own, no part of CAKE).

Example: npm run sandbox -- --rows 5000 --latency 50 --fault 503:0.05 --fault reset:0.03
`;

/** A mistake in the command line. Its message is printed on one line, without a stack trace. */
export class BadArgument extends Error {}

/** Reads the command line. Gives undefined for `--help`. Throws BadArgument. */
export function readArguments(args: string[]): SandboxOptions | undefined {
	const { values } = parse(args);
	if (values.help) return undefined;
	const order = ORDERS.find((name) => name === values.order);
	if (!order) throw new BadArgument(`--order takes ${ORDERS.join(', ')}, not "${values.order}"`);
	const profile = PROFILE_NAMES.find((name) => name === values.profile);
	if (values.profile !== undefined && !profile) {
		throw new BadArgument(`--profile: no such profile "${values.profile}" (see --help)`);
	}
	const faults = values.fault.map(readFault);
	const quirks = values.quirk.map(readQuirk);
	if (faults.reduce((sum, { probability }) => sum + probability, 0) > 1) {
		throw new BadArgument('--fault: the probabilities add up to more than 1');
	}
	const key = values.key.trim();
	if (key === '' || key.length > 50) throw new BadArgument('--key takes 1 to 50 characters');
	const rate = values.rate === undefined ? undefined : readWholeNumber('rate', values.rate, 1, 1e6);
	return {
		port: readWholeNumber('port', values.port, 0, 65_535),
		rows: readWholeNumber('rows', values.rows, 0, 1e6),
		days: readWholeNumber('days', values.days, 1, 3650),
		latencyMs: readWholeNumber('latency', values.latency, 0, 600_000),
		seed: readWholeNumber('seed', values.seed, 0, 2 ** 31 - 1),
		apiKey: key,
		order,
		faults,
		quirks,
		...(profile && PROFILES[profile]),
		...readPostback(values),
		...(rate === undefined ? {} : { ratePerSecond: rate }),
	};
}

function parse(args: string[]) {
	try {
		return parseArgs({
			args,
			options: {
				port: { type: 'string', default: '8787' },
				rows: { type: 'string', default: '5000' },
				days: { type: 'string', default: '30' },
				latency: { type: 'string', default: '0' },
				seed: { type: 'string', default: '1' },
				key: { type: 'string', default: 'sandbox-key-0123456789' },
				rate: { type: 'string' },
				profile: { type: 'string' },
				order: { type: 'string', default: 'newest' },
				fault: { type: 'string', multiple: true, default: [] },
				quirk: { type: 'string', multiple: true, default: [] },
				postback: { type: 'string', multiple: true, default: [] },
				'postback-method': { type: 'string', default: 'GET' },
				'postback-fault': { type: 'string', multiple: true, default: [] },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		// Node's message is too long for one line. Its first sentence names the flag.
		const message = error instanceof Error ? error.message : String(error);
		throw new BadArgument(message.split(/\. |\n/)[0]);
	}
}

function readPostback(values: ReturnType<typeof parse>['values']): {
	postback?: PostbackOptions;
} {
	const { postback: urls, 'postback-method': method, 'postback-fault': shares } = values;
	if (method !== 'GET' && method !== 'POST') {
		throw new BadArgument(`--postback-method takes GET or POST, not "${method}"`);
	}
	const faults = shares.map(readPostbackFault);
	if (faults.reduce((sum, { probability }) => sum + probability, 0) > 1) {
		throw new BadArgument('--postback-fault: the probabilities add up to more than 1');
	}
	if (urls.length === 0) return {};
	if (!urls.every(isPostbackUrl)) {
		throw new BadArgument(`--postback takes a URL such as ${POSTBACK_EXAMPLE}`);
	}
	return { postback: { urls, method, faults } };
}

function readPostbackFault(text: string): PostbackFault {
	const { name, probability } = readShare('postback-fault', text, 'twice:0.1');
	const kind = POSTBACK_FAULT_KINDS.find((entry) => entry === name);
	if (!kind) throw new BadArgument(`--postback-fault: no such fault "${name}" (see --help)`);
	return { kind, probability };
}

function readWholeNumber(flag: string, text: string, least: number, most: number): number {
	const value = /^\d+$/.test(text) ? Number(text) : NaN;
	if (value >= least && value <= most) return value;
	throw new BadArgument(`--${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
}

function readFault(text: string): Fault {
	const { name, probability } = readShare('fault', text, '503:0.05');
	const kind = ALIASES[name] ?? FAULT_KINDS.find((entry) => entry === name);
	if (!kind) throw new BadArgument(`--fault: no such fault "${name}" (see --help)`);
	return { kind, probability };
}

function readQuirk(text: string): Quirk {
	const { name, probability } = readShare('quirk', text, 'cutText:0.05');
	const kind = QUIRK_KINDS.find((entry) => entry === name);
	if (!kind) throw new BadArgument(`--quirk: no such quirk "${name}" (see --help)`);
	return { kind, probability };
}

function readShare(flag: string, text: string, example: string) {
	const [name, share = '', ...rest] = text.split(':');
	const probability = /^(0?\.\d+|0|1)$/.test(share) ? Number(share) : NaN;
	if (Number.isNaN(probability) || rest.length > 0) {
		throw new BadArgument(`--${flag} takes KIND:PROBABILITY such as ${example}, not "${text}"`);
	}
	return { name, probability };
}
