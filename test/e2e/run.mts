/** All parts; each also runs on its own (npm run e2e:headless ...). */
import './headless.mts';
import './browser.mts';
import './queue.mts';
import './release.mts';
