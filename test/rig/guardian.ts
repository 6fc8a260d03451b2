/**
 * Watches over a test process from beside it (see guard.ts). Its input is a pipe from that process: the pipe's end is
 * that process's end, however it came. Then whatever is still guarded goes: processes first (a stopped one takes a
 * SIGKILL too), for they hold the rest.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Guarded, GuardOrder } from './guard.ts';

const guarded = new Map<string, Guarded>();

for await (const line of createInterface({ input: process.stdin })) {
  const { act, what } = JSON.parse(line) as GuardOrder;
  if (act === 'guard') guarded.set(JSON.stringify(what), what);
  else guarded.delete(JSON.stringify(what));
}
for (const kind of ['process', 'group', 'namespace', 'directory']) {
  for (const what of guarded.values()) if (what.kind === kind) clear(what);
}

function clear(what: Guarded): void {
  try {
    if (what.kind === 'process') process.kill(what.pid, 'SIGKILL');
    else if (what.kind === 'group') process.kill(-what.pid, 'SIGKILL');
    else if (what.kind === 'namespace') execFileSync('ip', ['netns', 'delete', what.name], { stdio: 'ignore' });
    else rmSync(what.path, { recursive: true, force: true });
  } catch {
    // Gone already: all is well.
  }
}
