import type { Endpoint } from './options.mts';
import { ENDPOINTS, type Given, parseJsonObject, parseQuery, type Seen } from './request.mts';
import { RULES } from './rules.mts';
import type { RefusalReason, RefusedParameter } from './requestLog.mts';

/** The parameters of one request that passed all checks, by name. */
export type Values = Readonly<Record<string, unknown>>;

/** What the strict reading of a request gave. `values` holds what was given, right or wrong. */
export interface Checked {
	values: Values;
	problems: RefusedParameter[];
}

/**
 * Reads a request as strictly as any server could: whatever the specification does not name is a
 * problem. CAKE itself may be more lenient; a client that passes here is safe with both.
 */
export function check(seen: Seen, endpoint: Endpoint): Checked {
	const problems: RefusedParameter[] = [];
	const refuse = (parameter: string, reason: RefusalReason, value?: unknown) => {
		problems.push({
			endpoint,
			parameter,
			reason,
			...(value === undefined ? {} : { value: printable(value) }),
		});
	};
	const { method } = ENDPOINTS[endpoint];
	if (seen.method !== method) {
		refuse('(method)', 'wrongMethod', seen.method);
		return { values: {}, problems };
	}
	const given = method === 'GET' ? fromUrl(seen, refuse) : fromBody(seen, refuse);
	const values = checkGiven(given, endpoint, refuse);
	if (problems.length === 0 && endpoint === 'query') {
		// YYYY-MM-DD sorts as text.
		if (String(values.start_date) > String(values.end_date)) {
			refuse('end_date', 'outOfRange', values.end_date);
		}
	}
	return { values, problems };
}

type Refuse = (parameter: string, reason: RefusalReason, value?: unknown) => void;

function fromUrl(seen: Seen, refuse: Refuse): Given[] {
	if (seen.body !== '') refuse('(body)', 'bodyOnGet', seen.body);
	return parseQuery(seen.query ?? '');
}

function fromBody(seen: Seen, refuse: Refuse): Given[] {
	for (const { name, value } of parseQuery(seen.query ?? '')) {
		refuse(name, name === 'api_key' ? 'keyInUrl' : 'unknown', value);
	}
	const type = seen.headers['content-type'] ?? '';
	if (!/^application\/json(\s*;\s*charset=utf-8)?$/i.test(type)) {
		refuse('(content type)', 'wrongContentType', type);
		return [];
	}
	const given = parseJsonObject(seen.body);
	if (!given) refuse('(body)', 'malformed', seen.body);
	return given ?? [];
}

function checkGiven(given: Given[], endpoint: Endpoint, refuse: Refuse): Values {
	const rules = RULES[endpoint];
	const values: Record<string, unknown> = {};
	for (const { name, value } of given) {
		const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
		if (!rule) refuse(name, /\[.*\]$/.test(name) ? 'arrayForm' : 'unknown', value);
		else if (Object.hasOwn(values, name)) refuse(name, 'repeated', value);
		else if (value === undefined) refuse(name, 'malformed');
		else if (typeof value === 'string' && value.trim() === '') refuse(name, 'empty', value);
		else {
			const reason = rule.check(value);
			if (reason) refuse(name, reason, value);
		}
		if (!Object.hasOwn(values, name)) values[name] = value;
	}
	// A form that could not be read at all has its own problem; nothing in it can be missing.
	if (given.length === 0 && endpoint === 'update') return values;
	for (const [name, rule] of Object.entries(rules)) {
		if (rule.required && !Object.hasOwn(values, name)) refuse(name, 'missing');
	}
	return values;
}

function printable(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
