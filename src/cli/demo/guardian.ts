/**
 * Stands beside the demo, and cleans up after it should it die without a word. A server that was left frozen can't
 * notice that by itself. Its input is a pipe from the demo: the pipe's end is the demo's end, however it came.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { GuardOrder } from './guard.ts';

const servers = new Set<number>();
const directories = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as GuardOrder;
  if (order.kind === 'started') servers.add(order.pid);
  else if (order.kind === 'ended') servers.delete(order.pid);
  else directories.add(order.path);
}
for (const pid of servers) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already: all is well.
  }
}
for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
