import { Socket } from 'node:net';
import type { Cake } from './cake.mts';

/** Breaks the connections that the tests of a file or `describe` make. */
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

	/** Breaks all connections during a reply, as Linux does after an ICMP message or a reset. */
	break(code: string): void {
		this.breakWith(makeError(code, 'read'));
	}

	/** Does the same without naming the system call, as n8n before 2.34 shows it. */
	breakUnnamed(code: string): void {
		this.breakWith(makeError(code));
	}

	private breakWith(error: Error): void {
		const sockets = (this.connect?.mock.contexts ?? []) as Socket[];
		for (const socket of sockets) {
			if (socket.remotePort === this.cake.sandbox.port) socket.destroy(error);
		}
	}

	/** Fails the next connection before it is made. */
	refuseNext(code: string): void {
		this.failNext(makeError(code, 'connect'));
	}

	/** Fails the next connection at every address of the host, with one error per system call. */
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

/** An error as Node makes it for a failed system call. */
function makeError(code: string, syscall?: string): Error {
	return Object.assign(new Error(`${syscall ?? 'call'} ${code}`), { code }, syscall && { syscall });
}
