/**
 * Writes the rows that n8n writes when it installs a community package. Replaces older rows of the
 * same package. The Node that runs n8n runs this: `node register.mts DATABASE ENTRY`.
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

// A variable holds the name, because Node 20 lacks this module and its types.
const sqlite = 'node:sqlite';
const { DatabaseSync } = (await import(sqlite)) as {
	DatabaseSync: new (path: string) => Database;
};

// The columns' default is this expression as text, which nothing evaluates.
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
