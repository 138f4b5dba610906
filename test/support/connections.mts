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
		const sockets = (this.connect?.mock.contexts ?? []) as Socket[];
		for (const socket of sockets) {
			if (socket.remotePort === this.cake.sandbox.port) socket.destroy(makeError('read', code));
		}
	}

	/** Fails the next one before it is made. */
	refuseNext(code: string): void {
		this.connect?.mockImplementationOnce(function (this: Socket) {
			setImmediate(() => this.destroy(makeError('connect', code)));
			return Object.assign(this, { connecting: true });
		});
	}
}

/** The error of a system call, as Node has it. */
function makeError(syscall: string, code: string): Error {
	return Object.assign(new Error(`${syscall} ${code}`), { syscall, code });
}
