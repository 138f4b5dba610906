import type { Instance } from '../../../harness/server/instance.mts';
import type { Workflow } from '../../../harness/server/workflows.mts';
import type { Outside, OutsideCall } from './outside.mts';

export const SLACK = 'slack.com';

/** The token in the Slack credential. */
export const SLACK_TOKEN = 'xoxb-not-a-real-token';

/** The messages to Slack, caught on this machine. */
export class SlackInbox {
	/** Called with each message, before it is answered. */
	onMessage?: () => void;

	constructor(private readonly outside: Outside) {
		outside.answerFor(SLACK, () => {
			this.onMessage?.();
			return {
				status: 200,
				json: { ok: true, channel: 'C0000000001', ts: '1.000100', message: {} },
			};
		});
	}

	/** The requests, oldest first. */
	get calls(): OutsideCall[] {
		return this.outside.calls.filter(({ host }) => host === SLACK);
	}

	/** The texts of the messages, oldest first. */
	get texts(): string[] {
		return this.calls.map(({ body }) => (JSON.parse(body) as { text: string }).text);
	}

	/** The conversions in the messages since number `from`, oldest first. Repeats are included. */
	told(from = 0): number[] {
		const lines = this.texts.slice(from).flatMap((text) => text.split('\n').slice(1));
		return lines.map((line) => Number(/^• Conversion (\d+): /.exec(line)?.[1]));
	}
}

/**
 * Copies a workflow, with a new Slack credential in place of the one that its file names, and without
 * the answers that are pinned to Slack's nodes.
 */
export async function withSlackCredential(
	{ rest }: Instance,
	workflow: Workflow,
): Promise<Workflow> {
	const data = { accessToken: SLACK_TOKEN, signatureSecret: '' };
	const { id, name } = await rest.post<{ id: string; name: string }>('/credentials', {
		name: 'Slack',
		type: 'slackApi',
		data,
	});
	const pinData = { ...workflow.pinData };
	const nodes = workflow.nodes.map((node) => {
		if (!node.credentials?.slackApi) return node;
		delete pinData[node.name];
		return { ...node, credentials: { slackApi: { id, name } } };
	});
	return { ...workflow, nodes, pinData };
}
