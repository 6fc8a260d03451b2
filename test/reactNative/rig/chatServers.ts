import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from '../../rig/guard.ts';
import { freePort } from '../../rig/ports.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/web-app');

/** The two servers of the example, as processes of their own over one file. */
export interface ChatServers {
  readonly hosts: readonly [string, string];
  signal(at: 0 | 1, signal: NodeJS.Signals): void;
  start(at: 0 | 1): Promise<void>;
  close(): Promise<void>;
}

export async function chatServers(): Promise<ChatServers> {
  const folder = await mkdtemp(join(tmpdir(), 'switchover-phone-'));
  const ports = [await freePort('127.0.0.1'), await freePort('127.0.0.1')] as const;
  const hosts = [`http://localhost:${ports[0]}`, `http://localhost:${ports[1]}`] as const;
  const running: (ChildProcess | undefined)[] = [];
  const start = async (at: 0 | 1): Promise<void> => {
    const words = ['ab'[at] ?? '', String(ports[at]), join(folder, 'room.db'), join(EXAMPLE, 'public'), ...hosts];
    const child = fork(join(EXAMPLE, 'server.mjs'), words, { execArgv: [], stdio: 'inherit' });
    running[at] = child;
    if (child.pid !== undefined) child.once('exit', guard({ kind: 'process', pid: child.pid }));
    const ended = once(child, 'exit').then(() => {
      throw new Error('a chat server ended before it listened');
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
  };
  // One after the other: both make the same tables.
  await start(0);
  await start(1);
  return {
    hosts,
    start,
    signal: (at, signal) => void running[at]?.kill(signal),
    async close() {
      for (const child of running) {
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
