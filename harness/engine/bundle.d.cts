/** The source of a test file that runs the tests of others, each in a block of its own. */
export function createBundle(paths: string[]): string;
