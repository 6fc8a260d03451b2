/** The client of a page with a plain script: `switchover` is its global. */
import { scenario } from '../runtimes/scenario.ts';

Object.assign(globalThis, { scenario });
