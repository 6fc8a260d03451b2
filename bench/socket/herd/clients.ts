/** Many clients with a session each. Started by the rig. */
import { WebSocket } from 'ws';
import { openChannel } from '../../../src/index.channel.ts';
import { fullPool } from '../../../src/index.parts.ts';
import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';
import { sleep } from '../../../test/rig/wait.ts';

export interface HerdOrder {
  readonly hosts: readonly string[];
  readonly first: number;
  readonly count: number;
  /** Sessions that are begun in a second. */
  readonly perSecond: number;
  readonly windowMs?: number;
}

const STEP_MS = 20;

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const { hosts, first, count, perSecond, windowMs } = launch.extra as HerdOrder;

answerParent(() => undefined);
report({ kind: 'listening', port: launch.port });

// As many users on as many devices: what one learns of a host is no help to another.
const users = Array.from({ length: count }, (_, index) => `user${first + index}`);
for (const [index, user] of users.entries()) {
  openChannel(fullPool(hosts), '/channel', {
    WebSocket,
    credential: () => user,
    reconnect: windowMs === undefined ? {} : { windowMs },
  });
  if (index % Math.ceil((perSecond * STEP_MS) / 1_000) === 0) await sleep(STEP_MS);
}
