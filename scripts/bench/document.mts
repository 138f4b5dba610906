import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';
import type { JobResult } from './runJob.mts';
import { goalTable, jobTable, perRowTable, ratioTable } from './table.mts';

const FILE = join(ROOT, 'docs/benchmarks.md');

/** The bench that a section of the document is about. */
export type SectionName = 'bench' | 'bench:n8n';

/** How the figures were measured. */
export interface Circumstances {
	/** As typed. */
	command: string;
	runs: number;
	/** Software versions by name. */
	versions: Record<string, string>;
	/** The machine's load average of one minute, before the first job. */
	load: number;
}

/** The results as Markdown: date and machine, goals, each job, and the cost per row. */
export function sectionText(results: JobResult[], circumstances: Circumstances): string {
	const goals = goalTable(results);
	const perRow = perRowTable(results);
	return [
		originLine(circumstances),
		...(results.some(({ job }) => job.goals.length > 0) ? [goals] : []),
		...results.flatMap((result) => [
			`### ${result.job.title}`,
			jobTable(result),
			ratioTable(result),
		]),
		...(results.some(({ job }) => job.weighs && job.latencyMs === 0)
			? ['### What a row costs', perRow]
			: []),
	].join('\n\n');
}

function originLine({ command, runs, versions, load }: Circumstances): string {
	const date = new Date().toISOString().slice(0, 10);
	const [{ model }] = cpus();
	const machine = `${cpus().length} × ${model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB`;
	const ran = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
	return `\`${command}\`, ${date}, medians of ${runs} runs. ${ran.join(', ')}, ${process.platform}. ${machine}; others kept it busy at a load of ${load.toFixed(1)} when this began.`;
}

/** Replaces a section of docs/benchmarks.md. The texts around the sections stay. Gives its path. */
export async function writeSection(name: SectionName, text: string): Promise<string> {
	const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
	const document = await readFile(FILE, 'utf8');
	const [from, to] = [document.indexOf(begin), document.indexOf(end)];
	if (from < 0 || to < from) throw new Problem(`${FILE} has lost its place for ${name}`);
	const changed = `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
	const style = await resolveConfig(FILE);
	await writeFile(FILE, await format(changed, { ...style, parser: 'markdown' }));
	return FILE;
}
