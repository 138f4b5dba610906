import { queue } from './queue/part.mts';
import { runParts } from './support/checks.mts';

await runParts([queue]);
