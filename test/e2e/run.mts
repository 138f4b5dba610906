import { browser } from './browser/part.mts';
import { headless } from './headless/part.mts';
import { queue } from './queue/part.mts';
import { runParts } from './support/checks.mts';

/** All parts; each also runs on its own (npm run e2e:headless ...). */
await runParts([headless, browser, queue]);
