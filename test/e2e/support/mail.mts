import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Instance } from '../../../harness/server/instance.mts';
import type { Workflow } from '../../../harness/server/workflows.mts';

/** A mail as it came. */
export interface Mail {
	from: string;
	to: string[];
	subject: string;
	html: string;
}

/** A mail server on loopback that keeps what it gets. */
export class MailInbox {
	/** The mails so far, oldest first. */
	readonly mails: Mail[] = [];

	private constructor(private readonly server: Server) {}

	static async start(): Promise<MailInbox> {
		const server = createServer();
		const inbox = new MailInbox(server);
		server.on('connection', (socket) => inbox.serve(socket));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return inbox;
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	async close(): Promise<void> {
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Answers the commands of RFC 5321 that a client needs for one mail. */
	private serve(socket: Socket): void {
		let pending = '';
		let body: string[] | undefined;
		let envelope = { from: '', to: [] as string[] };
		const say = (line: string) => socket.write(`${line}\r\n`);
		const address = (line: string) => /<(.*)>/.exec(line)?.[1] ?? '';
		const command = (line: string): string => {
			if (line.startsWith('MAIL FROM')) envelope = { from: address(line), to: [] };
			if (line.startsWith('RCPT TO')) envelope.to.push(address(line));
			if (line === 'DATA') body = [];
			if (line === 'QUIT') socket.end();
			return line === 'DATA' ? '354 Go on' : '250 OK';
		};
		const take = (line: string) => {
			if (!body) return void say(command(line));
			if (line !== '.') return void body.push(line.replace(/^\./, ''));
			this.mails.push({ ...envelope, ...readMessage(body) });
			body = undefined;
			say('250 Kept');
		};
		socket.setEncoding('utf8').on('data', (chunk: string) => {
			const lines = (pending + chunk).split('\r\n');
			pending = lines.pop() ?? '';
			lines.forEach(take);
		});
		say('220 test');
	}
}

/** Copies a workflow, with a credential for this server. Activates its mail node, as a user does. */
export async function withMailCredential(
	{ rest }: Instance,
	workflow: Workflow,
	{ port }: MailInbox,
): Promise<Workflow> {
	const data = { host: '127.0.0.1', port, secure: false, disableStartTls: true };
	const { id, name } = await rest.post<{ id: string; name: string }>('/credentials', {
		name: 'SMTP',
		type: 'smtp',
		data,
	});
	const nodes = workflow.nodes.map((node) =>
		node.credentials?.smtp
			? { ...node, disabled: false, credentials: { smtp: { id, name } } }
			: node,
	);
	return { ...workflow, nodes };
}

/** Reads a mail of one part: its subject (RFC 2047) and its text (RFC 2045). */
function readMessage(lines: string[]): Pick<Mail, 'subject' | 'html'> {
	const end = lines.indexOf('');
	const head = lines.slice(0, end).join('\n').replace(/\n\s+/g, ' ');
	const text = lines.slice(end + 1).join('\n');
	const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
	const encoded = /=\?UTF-8\?([QB])\?(.*?)\?=(?: (?==\?))?/gi;
	const subject = header('Subject').replace(encoded, (_, kind: string, part: string) =>
		kind.toUpperCase() === 'B'
			? Buffer.from(part, 'base64').toString()
			: decodeQuotedPrintable(part.replaceAll('_', ' ')),
	);
	const encoding = header('Content-Transfer-Encoding').toLowerCase();
	const isQuoted = encoding === 'quoted-printable';
	const html = isQuoted ? decodeQuotedPrintable(text) : Buffer.from(text, 'base64').toString();
	return { subject, html: encoding === '7bit' ? text : html };
}

function decodeQuotedPrintable(text: string): string {
	const bytes = text
		.replace(/=\r?\n/g, '')
		.replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
	return Buffer.from(bytes, 'latin1').toString();
}
