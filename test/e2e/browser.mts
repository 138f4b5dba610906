import { browser } from './browser/part.mts';
import { runParts } from './support/checks.mts';

await runParts([browser]);
