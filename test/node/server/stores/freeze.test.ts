import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sqliteSessionStore } from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import { scratch } from './sqliteUnderTest.ts';

const PROGRAM = join(import.meta.dirname, 'programs/holder.ts');
const QUIET = ['--disable-warning=ExperimentalWarning'];

let path = '';
let remove = () => {};
const children: ChildProcess[] = [];
beforeEach(() => {
  const made = scratch();
  path = join(made.directory, 'sessions.db');
  remove = made.remove;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  remove();
});

interface Told {
  readonly event: string;
  readonly epoch: number | null;
}

/** An instance in a process of its own, and all it has told. */
class Instance {
  readonly child: ChildProcess;
  readonly told: Told[] = [];

  constructor(holder: string, ttlMs: number) {
    this.child = fork(PROGRAM, [path, holder, String(ttlMs)], { execArgv: QUIET });
    children.push(this.child);
    this.child.on('message', (told: Told) => void this.told.push(told));
  }

  async heard(event: string): Promise<Told> {
    for (;;) {
      const found = this.told.find((told) => told.event === event);
      if (found !== undefined) return found;
      await once(this.child, 'message');
    }
  }

  ask(): void {
    this.child.send('?');
  }
}

describe('a lease over several processes', () => {
  test('whose holder was stopped for longer than it lasts finds itself standing by on waking, before it acts', async () => {
    const a = new Instance('a', 800);
    expect((await a.heard('active')).epoch).toBe(1);
    const b = new Instance('b', 800);
    await b.heard('standby a');
    a.ask();
    expect((await a.heard('I am active')).epoch).toBe(1);
    const before = a.told.length;
    a.child.kill('SIGSTOP');
    expect((await b.heard('active')).epoch).toBe(2);
    // Waits in its pipe, and is the first thing that it reads.
    a.ask();
    a.child.kill('SIGCONT');
    await a.heard('I stand by');
    await a.heard('standby b');
    expect(a.told.slice(before).map(({ event }) => event)).not.toContain('I am active');
    expect(a.told.filter(({ event }) => event === 'lost')).toEqual([{ event: 'lost', epoch: 1 }]);
    b.ask();
    expect((await b.heard('I am active')).epoch).toBe(2);
  });

  test('goes to another when its holder is killed, and under a higher epoch to who comes back', async () => {
    const a = new Instance('a', 400);
    await a.heard('active');
    const b = new Instance('b', 400);
    await b.heard('standby a');
    a.child.kill('SIGKILL');
    expect((await b.heard('active')).epoch).toBe(2);
    const again = new Instance('a', 400);
    await again.heard('standby b');
    b.child.kill('SIGKILL');
    expect((await again.heard('active')).epoch).toBe(3);
  });
});

/** Takes the file's lock, and is stopped with it. */
async function stoppedWriter(): Promise<ChildProcess> {
  const program = `const { DatabaseSync } = require('node:sqlite');
    new DatabaseSync(process.argv[1]).exec('BEGIN IMMEDIATE');
    console.log('holds'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [...QUIET, '-e', program, path]);
  children.push(child);
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return child;
}

describe('a store whose file is held by a process that was stopped in the middle of a step', () => {
  const fresh = { sid: 's', stream: 'r', hash: 'h' };
  const attach = {
    op: 'attach',
    sid: '',
    stream: '',
    rx: 0,
    txLow: 1,
    subject: 'ann',
    hash: '',
    fresh,
    ttlMs: 1e6,
  } as const;
  const append = { op: 'append', sid: 's', id: 1, payload: { text: '1', binary: false } } as const;

  test('says so in time, stays awake meanwhile, and still reads', async () => {
    const store = sqliteSessionStore({ path, busyMs: 300 });
    await store.run(attach);
    await store.run(append);
    await stoppedWriter();
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    const stuck = Promise.resolve(store.run(append)).catch((error: unknown) => error);
    const read = await store.run({ op: 'read', sid: 's', epoch: 1, stream: 'r', after: 0, count: 9, bytes: 9 });
    expect(read).toMatchObject({ kind: 'read', tx: 1 });
    expect(await stuck).toMatchObject({ code: 'STORE_FAILED', remedy: expect.stringContaining('Another process') });
    clearInterval(ticking);
    expect(ticks, 'the event loop went on').toBeGreaterThan(10);
    store.close();
  });

  test('goes on as soon as that process is gone, and nothing is lost or done twice', async () => {
    const store = sqliteSessionStore({ path, busyMs: 60_000 });
    await store.run(attach);
    const writer = await stoppedWriter();
    const waiting = [store.run(append), store.run(append), store.run(append)];
    await sleep(100);
    writer.kill('SIGKILL');
    expect((await Promise.all(waiting)).map((result) => result.kind === 'appended' && result.seq)).toEqual([1, 2, 3]);
    store.close();
  });

  test('lets the application’s own statements wait for it, as long as steps do', async () => {
    const patient = sqliteSessionStore({ path, busyMs: 60_000 });
    const hasty = sqliteSessionStore({ path, busyMs: 20 });
    await patient.run(attach);
    const writer = await stoppedWriter();
    expect(() => hasty.database.exec('CREATE TABLE orders (id INTEGER)')).toThrow(/locked/);
    // The wait stops this process, so another one ends the writer.
    const killer = spawn('sh', ['-c', `sleep 0.2; kill -9 ${writer.pid}`]);
    children.push(killer);
    patient.database.exec('CREATE TABLE orders (id INTEGER)');
    hasty.database.exec('INSERT INTO orders VALUES (1)');
    expect(patient.database.prepare('SELECT id FROM orders').all()).toEqual([{ id: 1 }]);
    // And steps still wait without stopping anything.
    expect(await hasty.run(append)).toMatchObject({ kind: 'appended', seq: 1 });
    for (const store of [patient, hasty]) store.close();
  });
});
