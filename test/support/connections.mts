import { Socket } from 'node:net';
import type { Cake } from './cake.mts';

/** The connections that the tests of a file or `describe` make, which break on demand. */
export class Connections {
	private connect?: jest.SpyInstance;

	constructor(private readonly cake: Cake) {}

	use(): this {
		beforeAll(() => {
			this.connect = jest.spyOn(Socket.prototype, 'connect');
		});
		afterAll(() => this.connect?.mockRestore());
		return this;
	}

	/** Breaks all of them while a reply is awaited: Linux reports an ICMP message or a reset so. */
	break(code: string): void {
		this.breakWith(makeError(code, 'read'));
	}

	/** The same, as n8n before 2.34 shows it: without the system call. */
	breakUnnamed(code: string): void {
		this.breakWith(makeError(code));
	}

	private breakWith(error: Error): void {
		const sockets = (this.connect?.mock.contexts ?? []) as Socket[];
		for (const socket of sockets) {
			if (socket.remotePort === this.cake.sandbox.port) socket.destroy(error);
		}
	}

	/** Fails the next one before it is made. */
	refuseNext(code: string): void {
		this.failNext(makeError(code, 'connect'));
	}

	/** Fails the next one at every address of the host, by these system calls. */
	refuseNextAtAll(code: string, syscalls: string[]): void {
		const errors = syscalls.map((syscall) => makeError(code, syscall));
		this.failNext(Object.assign(new AggregateError(errors), { code }));
	}

	private failNext(error: Error): void {
		this.connect?.mockImplementationOnce(function (this: Socket) {
			setImmediate(() => this.destroy(error));
			return Object.assign(this, { connecting: true });
		});
	}
}

/** The error of a system call, as Node has it. */
function makeError(code: string, syscall?: string): Error {
	return Object.assign(new Error(`${syscall ?? 'call'} ${code}`), { code }, syscall && { syscall });
}
