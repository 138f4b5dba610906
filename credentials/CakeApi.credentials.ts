import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import { authenticateRequest } from '../nodes/cake/transport/authenticate';

const KEY_REFUSED =
	'CAKE answered, but not with conversions. Check the API key, whether its user may read conversions, and whether CAKE lets this server’s IP address use the API.';

const refuseStatus = (value: number, message: string) => ({
	type: 'responseCode' as const,
	properties: { value, message },
});

const refuseBody = (key: string, value: unknown, message: string) => ({
	type: 'responseSuccessBody' as const,
	properties: { key, value, message },
});

/** What CAKE may answer as `request_status` in place of success. None is documented, and a rule compares exactly. */
const REFUSALS = [
	...['Error', 'Failure', 'Failed', 'Fail', 'Denied', 'Access Denied', 'Unauthorized'],
	...['Forbidden', 'Restricted', 'Invalid', 'Invalid API Key', 'Invalid Key'],
];

const toSentenceCase = (text: string) => text.charAt(0) + text.slice(1).toLowerCase();

/**
 * The replies that fail the credential test. n8n tries the rules in order and shows the message of the
 * first that matches. The body is checked too: with a wrong key CAKE may answer HTTP 200, and so may a
 * wrong host with its web page. A rule with an undefined value matches a reply without the member.
 */
const TEST_RULES = [
	refuseStatus(401, 'CAKE refused the API key. Check the key and the rights of its user.'),
	refuseStatus(403, 'CAKE refused the API key. Check the key and the rights of its user.'),
	refuseStatus(404, 'There is no CAKE API at this address. Check the Base URL.'),
	...[301, 302, 303, 307, 308].map((status) =>
		refuseStatus(status, 'This host sends requests on to another address. Check the Base URL.'),
	),
	refuseBody('success', false, KEY_REFUSED),
	refuseBody('success', 'false', KEY_REFUSED),
	...REFUSALS.flatMap((word) => [
		word,
		toSentenceCase(word),
		word.toLowerCase(),
		word.toUpperCase(),
	]).map((word) => refuseBody('request_status', word, KEY_REFUSED)),
	refuseBody(
		'request_status',
		undefined,
		'This host answered, but not as CAKE does (perhaps with a web page). Check the Base URL.',
	),
];

export class CakeApi implements ICredentialType {
	name = 'cakeApi';

	displayName = 'CAKE API';

	icon: Icon = { light: 'file:../icons/cake.svg', dark: 'file:../icons/cake.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-cake/n8n-nodes-cake#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. yourdomain.cakemarketing.com',
			description: 'The address of your CAKE admin portal, as in the browser, without a path',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'In CAKE under Setup > System Access > API Keys, in some versions under Admin > System Settings > API, or under Setup > Permissions. It acts with the rights of the user it belongs to.',
		},
		{
			displayName: 'Read Only',
			name: 'readOnly',
			type: 'boolean',
			default: false,
			description:
				'Whether to refuse everything that writes: recording and updating conversions, from any node that uses this credential',
		},
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		authenticateRequest(credentials, requestOptions);

	/** Reads at most one conversion of today. */
	test: ICredentialTestRequest = {
		request: {
			url: '/api/2/conversions.json',
			qs: {
				start_date: '={{ $today.toISODate() }}',
				end_date: '={{ $today.toISODate() }}',
				row_limit: 1,
			},
		},
		// n8n's tester takes both kinds of rule in one list. Its type allows only one kind a list.
		rules: TEST_RULES as Required<ICredentialTestRequest>['rules'],
	};
}
