const { basename, dirname, join } = require('node:path');

/** The source of a test file that runs the tests of others, each in a block of its own. */
exports.createBundle = (paths) =>
	paths
		.map((path) => {
			const title = join(basename(dirname(path)), basename(path));
			return `describe('${title}', () => { require('${path}'); });`;
		})
		.join('\n');
