import { headless } from './headless/part.mts';
import { runParts } from './support/checks.mts';

await runParts([headless]);
