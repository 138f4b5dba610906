const { rm } = require('node:fs/promises');
const { task, src, dest } = require('gulp');

// Neither tsc nor gulp clears dist, and whatever lies there would be published.
task('clean', () => rm('dist', { recursive: true, force: true }));

// gulp 5 takes files for UTF-8 text unless told otherwise, which would break a PNG.
task('icons', () =>
	src(['nodes/**/*.{png,svg}', 'icons/**/*.{png,svg}'], { base: '.', encoding: false }).pipe(
		dest('dist'),
	),
);
