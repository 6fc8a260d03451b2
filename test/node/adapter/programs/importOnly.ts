import * as adapter from '../../../../src/node/index.ts';

// What an import alone changes in the process.
const dispatcher = Symbol.for('undici.globalDispatcher.1');
const touched = dispatcher in globalThis;
const made = adapter.nodeFetch();
const resources = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|File|FSReq)/.test(name));
process.stdout.write(JSON.stringify({ touched, resources, made: typeof made }));
