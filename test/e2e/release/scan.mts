import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type PackedPackage, unpackPackage } from '../../../harness/server/package.mts';
import { ROOT } from '../../../harness/server/paths.mts';
import { installLocked } from '../support/locked.mts';

const NAME = '@n8n/scan-community-package';
const DIRECTORY = join(import.meta.dirname, 'scanner');

/** The part of n8n's scanner that needs no published package (its scanner.mjs). */
interface Scanner {
	/** The files that it reads of the repository. */
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(directory: string, patterns: string[]): Promise<Analysis>;
}

interface Analysis {
	passed: boolean;
	message?: string;
	details?: string;
}

/** The files that it reads of the published package (`analyzePackageByName` in its scanner.mjs). */
const PACKED_FILE_PATTERNS = ['**/*.js', 'package.json'];

/**
 * Runs both legs of the scanner that decides whether n8n verifies the package. Its third check, of
 * npm's provenance statement, needs a published package.
 */
export async function checkScan(
	{ tarball }: PackedPackage,
	directory: string,
	t: TestContext,
): Promise<void> {
	await installLocked(DIRECTORY, NAME, 'n8n’s scanner (once)');
	const file = join(DIRECTORY, 'node_modules', NAME, 'scanner/scanner.mjs');
	const { analyzePackage, SOURCE_FILE_PATTERNS } = (await import(file)) as Scanner;

	await t.test('n8n’s scanner finds nothing in the source', async () => {
		assertPassed(await analyzePackage(ROOT, SOURCE_FILE_PATTERNS));
	});

	await t.test('n8n’s scanner finds nothing in the packed package', async () => {
		await unpackPackage(tarball, directory);
		assertPassed(await analyzePackage(directory, PACKED_FILE_PATTERNS));
	});
}

function assertPassed({ passed, message, details }: Analysis): void {
	assert.ok(passed, `${message}\n${details}`);
	// Without a file to read the scanner passes, too, and says so.
	assert.equal(message, undefined);
}
