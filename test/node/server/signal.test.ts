import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSessionServer, drainOnSignal, memorySessionStore } from '../../../src/server/index.ts';
import { RawClient } from './rawClient.ts';

const PROGRAM = join(import.meta.dirname, 'programs/drainingServer.ts');

async function start(deadlineMs: number): Promise<{ child: ChildProcess; port: number; ended: Promise<unknown[]> }> {
  const child = fork(PROGRAM, [String(deadlineMs)], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port, ended };
}

const ready = (port: number) => fetch(`http://127.0.0.1:${port}/healthz/ready`, { headers: { connection: 'close' } });

test('SIGTERM drains: readiness goes first, clients leave, then the process ends by itself with its own exit code', async () => {
  const { child, port, ended } = await start(20_000);
  const client = new RawClient(`ws://127.0.0.1:${port}/channel`);
  await client.hello();
  expect((await ready(port)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await client.next()).toEqual({ kind: 'drain', deadlineMs: 20_000, jitterMs: 0 });
  const answer = await ready(port);
  expect([answer.status, answer.headers.get('switchover-role')]).toEqual([503, 'draining']);
  const late = new RawClient(`ws://127.0.0.1:${port}/channel`);
  expect(await late.hello()).toMatchObject({ kind: 'moved' });
  client.say({ kind: 'close', code: 1001 });
  expect(await ended).toEqual([3, null]);
});

test('whoever stays is closed at the deadline, and the process ends', async () => {
  const { child, port, ended } = await start(300);
  const client = new RawClient(`ws://127.0.0.1:${port}/channel`);
  await client.hello();
  child.kill('SIGTERM');
  expect(await client.closed).toBe(1012);
  expect(await ended).toEqual([3, null]);
});

test.each([{ deadlineMs: -1 }, { deadlineMs: 10, jitterMs: 11 }, { to: 'nowhere at all' }])(
  'a drain that can not be is refused at once, not when the signal comes: %j',
  (how) => {
    const sessions = createSessionServer({ store: memorySessionStore(), authenticate: () => null });
    const before = process.listenerCount('SIGTERM');
    expect(() => drainOnSignal(sessions, how)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^INVALID_/) }),
    );
    expect(process.listenerCount('SIGTERM')).toBe(before);
    sessions.close();
  },
);

test('a second SIGTERM ends the process at once', async () => {
  const { child, port, ended } = await start(60_000);
  const client = new RawClient(`ws://127.0.0.1:${port}/channel`);
  await client.hello();
  child.kill('SIGTERM');
  await client.next();
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
});
