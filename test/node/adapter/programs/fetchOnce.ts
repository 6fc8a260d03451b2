import { nodeFetch } from '../../../../src/node/transport.ts';

// Fetches once, leaves the connection idle for much longer than the test waits, and has nothing else to do.
const [, , url = ''] = process.argv;
const fetch = nodeFetch({ keepAliveTimeoutMs: 600_000 });
const response = await fetch(url);
process.stdout.write(await response.text());
