/** Sends a crowd's requests through one client, in a process that does nothing else, while its first host is killed. */
import { finish, readOrder, strike } from '../../lib/child.ts';
import { countAttempts } from '../attempts.ts';
import { PEERS } from '../peers.ts';

export interface OutageOrder {
  readonly peer: string;
  readonly hosts: readonly [string, string];
  /** How many requests are under way at any time. */
  readonly concurrent: number;
  readonly requests: number;
  readonly attemptMs: number;
}

export interface OutageResult {
  readonly peer: string;
  readonly requests: number;
  readonly lost: number;
  /** Sent, by the client and not by its probes. */
  readonly attempts: number;
  readonly slowestMs: number;
  readonly tookMs: number;
}

const { peer: name, hosts, concurrent, requests, attemptMs } = readOrder<OutageOrder>();
const peer = PEERS.find((one) => one.name === name);
if (peer === undefined) throw new Error(`There is no ${name}.`);
const attempts = countAttempts();
const client = peer.over({ hosts, attemptMs });
let begun = 0;
let answered = 0;
let lost = 0;
let slowestMs = 0;

async function ask(): Promise<void> {
  const startedMs = performance.now();
  try {
    await client.get('/item/1');
    answered++;
  } catch {
    lost++;
  }
  slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  if (answered === requests / 4) strike();
}

async function worker(): Promise<void> {
  for (; begun < requests; ) {
    begun++;
    await ask();
  }
}

// Its code is compiled before the clock runs.
for (let index = 0; index < 50; index++) await client.get('/item/0');
const startedMs = performance.now();
await Promise.all(Array.from({ length: concurrent }, worker));
const tookMs = performance.now() - startedMs;
finish({ peer: name, requests, lost, attempts: attempts.sent('/item/1'), slowestMs, tookMs } satisfies OutageResult);
