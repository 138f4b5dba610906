/** Started by station.mts. POST /job runs a workflow on n8n's engine, POST /empty an empty one. */
import { createServer } from 'node:http';
import { connect, runWorkflow, type WorkflowNode } from '../../../harness/engine/workflow.mts';
import { SANDBOX_CREDENTIAL } from '../../../harness/server/credentials.mts';
import { own, type Step } from '../workflows.mts';
import { typeInPackage } from './package.mts';

/** The process reads them as JSON from BENCH_ENGINE. */
export interface ServerSettings {
	port: number;
	packageDirectory: string;
	credential: { baseUrl: string; apiKey: string };
	/** The nodes between the start node and the result node, which counts the items. */
	steps: Step[];
}

const RESULT = own('result');

async function run(settings: ServerSettings, steps: Step[]): Promise<unknown> {
	const { packageDirectory, credential } = settings;
	const nodes: WorkflowNode[] = [{ name: 'Start', type: 'test.start' }];
	for (const { name, type, parameters, credentials, alwaysOutputData } of [...steps, RESULT]) {
		nodes.push({
			name,
			type: typeInPackage(type),
			parameters: parameters as NonNullable<WorkflowNode['parameters']>,
			...(credentials && { credentials }),
			...(alwaysOutputData === true && { alwaysOutputData }),
		});
	}
	const links = nodes.slice(1).map(({ name }, index) => [nodes[index].name, name]);
	const { node, error } = await runWorkflow({
		nodes,
		connections: connect(...(links as Array<[string, string]>)),
		credentials: { [SANDBOX_CREDENTIAL.id]: { type: SANDBOX_CREDENTIAL.type, data: credential } },
		packageDirectory,
	});
	return error ? { error: error.message } : node(RESULT.name).items[0]?.json;
}

const settings = JSON.parse(process.env.BENCH_ENGINE ?? '') as ServerSettings;
const steps: Record<string, Step[]> = { '/job': settings.steps, '/empty': [] };
createServer((request, response) => {
	const asked = request.method === 'POST' ? steps[request.url ?? ''] : undefined;
	const answer = asked ? run(settings, asked) : Promise.resolve({});
	void answer
		.catch((error: unknown) => ({ error: String(error) }))
		.then((body) => response.end(JSON.stringify(body ?? {})));
}).listen(settings.port, '127.0.0.1');
