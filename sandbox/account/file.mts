import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Account } from './account.mts';
import { isObject, isSavedAccount, type SavedAccount } from './saved.mts';

const FORMAT = 'cake-sandbox-account';
/** Raise it when SavedAccount changes. A file of another version is not read. */
const VERSION = 1;
/** Changes within this time are saved together. A process that is killed loses no more than these. */
const SAVE_AFTER_MS = 250;

/** The content of an account's file. */
export interface KeptAccount {
	/** The sandbox's port. */
	port: number;
	account: SavedAccount;
}

/** A JSON file that keeps an account while no sandbox runs. One sandbox at a time may use it. */
export class AccountFile {
	private mayWrite = true;
	private hasFailed = false;
	private isDirty = false;
	private timer: NodeJS.Timeout | undefined;
	private account: Account | undefined;
	private port = 0;
	private readonly save = () => this.saveChanges();

	/** `report` gets one line for each problem. None of them is thrown. */
	constructor(
		private readonly path: string,
		private readonly report: (problem: string) => void,
	) {}

	/** Gives undefined if there is no file. Renames one that cannot be read, and reports it. */
	read(): KeptAccount | undefined {
		let text: string;
		try {
			text = readFileSync(this.path, 'utf8');
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			if (code !== 'ENOENT') this.setAside(message);
			return undefined;
		}
		const content = parse(text);
		if (typeof content !== 'string') return content;
		this.setAside(content);
		return undefined;
	}

	/** Saves the account now, after each change, and when the process ends. */
	keep(account: Account, port: number): void {
		this.account = account;
		this.port = port;
		this.isDirty = true;
		this.saveChanges();
		account.onChange = () => {
			this.isDirty = true;
			this.timer ??= setTimeout(this.save, SAVE_AFTER_MS).unref();
		};
		process.on('exit', this.save);
	}

	/** Saves the last changes. Later ones are not saved. You may call it twice. */
	close(): void {
		this.saveChanges();
		process.off('exit', this.save);
		if (this.account) this.account.onChange = () => {};
		this.account = undefined;
	}

	private saveChanges(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		if (!this.account || !this.isDirty || !this.mayWrite) return;
		const content = { format: FORMAT, version: VERSION, port: this.port };
		try {
			this.write(JSON.stringify({ ...content, account: this.account.save() }));
			this.isDirty = false;
			this.hasFailed = false;
		} catch (error) {
			if (!this.hasFailed) {
				this.report(`The account could not be saved: ${(error as Error).message}`);
			}
			this.hasFailed = true;
		}
	}

	/** The file has the old content or the new one at any time, never a part. */
	private write(text: string): void {
		const temporary = `${this.path}.tmp`;
		mkdirSync(dirname(this.path), { recursive: true });
		writeFileSync(temporary, text);
		renameSync(temporary, this.path);
	}

	private setAside(reason: string): void {
		const aside = `${this.path}.unreadable`;
		const problem = `The account in ${this.path} cannot be read (${reason}), so a new one was made.`;
		const effect = 'Published workflows may announce its conversions as new.';
		try {
			renameSync(this.path, aside);
			this.report(`${problem} ${effect} The old file is now ${aside}.`);
		} catch {
			this.mayWrite = false;
			this.report(`${problem} ${effect} It is not saved: delete the old file first.`);
		}
	}
}

/** Gives the reason if the text is not an account of this version. */
function parse(text: string): KeptAccount | string {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		return 'it is not complete JSON';
	}
	if (!isObject(content) || content.format !== FORMAT) return 'it is not an account of the sandbox';
	const { version, port, account } = content;
	if (version !== VERSION) return `its version is ${String(version)}, not ${VERSION}`;
	const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
	if (!isPort || !isSavedAccount(account)) return 'parts of it are missing or invalid';
	return { port, account };
}
