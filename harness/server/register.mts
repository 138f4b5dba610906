/**
 * Run by n8n's Node: `node register.mts DATABASE ENTRY`. Writes the rows that n8n's installation of
 * a community package writes, in place of older ones of the same package.
 */
interface Entry {
	name: string;
	version: string;
	author: { name: string; email: string };
	nodes: Array<{ name: string; type: string; version: number }>;
}

interface Database {
	exec(sql: string): void;
	prepare(sql: string): { run(...values: Array<string | number>): void };
	close(): void;
}

// Named by a variable, because Node 20 has no such module, nor its types.
const sqlite = 'node:sqlite';
const { DatabaseSync } = (await import(sqlite)) as {
	DatabaseSync: new (path: string) => Database;
};

// The default of the columns is this expression as a text, unevaluated.
const NOW = "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')";

const [path, text] = process.argv.slice(2);
const { name, version, author, nodes } = JSON.parse(text) as Entry;
const database = new DatabaseSync(path);
database.exec('PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE');
database.prepare('DELETE FROM installed_nodes WHERE package = ?').run(name);
database.prepare('DELETE FROM installed_packages WHERE packageName = ?').run(name);
database
	.prepare(
		`INSERT INTO installed_packages
			(packageName, installedVersion, authorName, authorEmail, createdAt, updatedAt)
			VALUES (?, ?, ?, ?, ${NOW}, ${NOW})`,
	)
	.run(name, version, author.name, author.email);
const insert = database.prepare(
	'INSERT INTO installed_nodes (name, type, latestVersion, package) VALUES (?, ?, ?, ?)',
);
for (const node of nodes) insert.run(node.name, node.type, node.version, name);
database.exec('COMMIT');
database.close();

export {};
