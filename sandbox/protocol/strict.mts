import type { Endpoint } from './options.mts';
import { ENDPOINTS, parseJsonObject, parseQuery } from './request.mts';
import type { RawParameter, RawRequest } from './request.mts';
import { RULES } from './rules.mts';
import type { RefusalReason, RefusedParameter } from './requestLog.mts';

/** The parameters of a request by name. */
export type Values = Readonly<Record<string, unknown>>;

/** A request after the checks. `values` contains wrong values, too. */
export interface CheckedRequest {
	values: Values;
	problems: RefusedParameter[];
}

/**
 * Checks a request strictly: all that the specification does not name is a problem. CAKE itself may
 * be more lenient. A client that passes here passes there.
 */
export function checkRequest(request: RawRequest, endpoint: Endpoint): CheckedRequest {
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
	if (request.method !== method) {
		refuse('(method)', 'wrongMethod', request.method);
		return { values: {}, problems };
	}
	const parameters = method === 'GET' ? fromUrl(request, refuse) : fromBody(request, refuse);
	const values = checkParameters(parameters, endpoint, refuse);
	if (problems.length === 0 && endpoint === 'query') {
		// YYYY-MM-DD sorts as text.
		if (String(values.start_date) > String(values.end_date)) {
			refuse('end_date', 'outOfRange', values.end_date);
		}
	}
	return { values, problems };
}

type Refuse = (parameter: string, reason: RefusalReason, value?: unknown) => void;

function fromUrl(request: RawRequest, refuse: Refuse): RawParameter[] {
	if (request.body !== '') refuse('(body)', 'bodyOnGet', request.body);
	return parseQuery(request.query ?? '');
}

function fromBody(request: RawRequest, refuse: Refuse): RawParameter[] {
	for (const { name, value } of parseQuery(request.query ?? '')) {
		refuse(name, name === 'api_key' ? 'keyInUrl' : 'unknown', value);
	}
	const type = request.headers['content-type'] ?? '';
	if (!/^application\/json(\s*;\s*charset=utf-8)?$/i.test(type)) {
		refuse('(content type)', 'wrongContentType', type);
		return [];
	}
	const parameters = parseJsonObject(request.body);
	if (!parameters) refuse('(body)', 'malformed', request.body);
	return parameters ?? [];
}

function checkParameters(parameters: RawParameter[], endpoint: Endpoint, refuse: Refuse): Values {
	const rules = RULES[endpoint];
	const values: Record<string, unknown> = {};
	for (const { name, value } of parameters) {
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
	// An unreadable body is reported already. Do not report its parameters as missing, too.
	if (parameters.length === 0 && endpoint === 'update') return values;
	for (const [name, rule] of Object.entries(rules)) {
		if (rule.required && !Object.hasOwn(values, name)) refuse(name, 'missing');
	}
	return values;
}

function printable(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
