import { createServer } from 'node:net';
import { Problem } from './problem.mts';

const HOST = '127.0.0.1';

/** Whether a process uses this port of this machine. */
async function isTaken(port: number): Promise<boolean> {
	const server = createServer();
	return await new Promise((resolve) => {
		server.once('error', () => resolve(true));
		server.listen(port, HOST, () => server.close(() => resolve(false)));
	});
}

/** Throws a Problem when a port is taken. `remedy` says what the user can do then. */
export async function assertFree(port: number, remedy: string): Promise<void> {
	if (await isTaken(port)) throw new Problem(`Port ${port} is taken: ${remedy}`);
}
