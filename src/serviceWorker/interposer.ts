/**
 * `dist/interpose.js`: `interpose()` as a script for `importScripts`, to be loaded before anything else of a worker. Its configuration, a
 * `SiteConfig`, stands before it as `self.SWITCHOVER`.
 */
import type { SiteConfig } from '../site/config.ts';
import { workerScope } from './events.ts';
import { interposeFor } from './interpose.ts';

const scope = workerScope();

interposeFor((scope as unknown as { readonly SWITCHOVER: SiteConfig }).SWITCHOVER, scope);
