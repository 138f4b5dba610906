const { TestEnvironment } = require('jest-environment-node');

/** Ends the process with the first test that fails: a mutant needs no second one. */
module.exports = class FailFastEnvironment extends TestEnvironment {
	handleTestEvent(event) {
		const hasFailed =
			event.name === 'hook_failure' || (event.name === 'test_done' && event.test.errors.length > 0);
		if (hasFailed) process.exit(1);
	}
};
