import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../rig/cluster.ts';
import { isAlive } from '../../rig/processState.ts';
import { createRig } from '../../rig/rig.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import { look, openWire, rawRequest, SILENCE_MS } from './look.ts';

const rig = useRig();
const LIMIT_MS = 10_000;

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

describe('a killed server', () => {
  it('refuses, and is gone when kill resolves', async () => {
    const server = await rig.server();
    const { pid } = server;
    await server.kill();
    expect(isAlive(pid)).toBe(false);
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await look(`${server.url}/item/1`)).toMatchObject({ end: 'broken before', code: 'ECONNREFUSED' });
  });

  it('has written down all the work that it answered, and no work twice', async () => {
    const server = await rig.server();
    const answered: string[] = [];
    const posts = Array.from({ length: 300 }, async (_, index) => {
      const headers = { 'x-request-id': `w${index}` };
      const seen = await look(`${server.url}/work`, { method: 'POST', headers });
      if (seen.end === 'answered') answered.push(`w${index}`);
    });
    await until(
      () => answered.length >= 20,
      LIMIT_MS,
      () => 'no work is answered',
    );
    await server.kill();
    await Promise.all(posts);
    const processed = server.processed();
    expect(answered.filter((id) => processed.get(id) !== 1)).toEqual([]);
    expect(processed.size).toBeGreaterThanOrEqual(answered.length);
    expect(server.counts().work).toBeGreaterThanOrEqual(processed.size);
  });

  it('comes back as a new process on the same port, and its counts go on', async () => {
    const server = await rig.server({ mode: { kind: 'status', status: 503 } });
    const { pid, url } = server;
    await look(`${url}/work?id=a`);
    await server.kill();
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(server.url).toBe(url);
    expect((await look(`${url}/work?id=a`)).status).toBe(503);
    await server.restart({ mode: { kind: 'ok' } });
    expect((await look(`${url}/work?id=a`)).status).toBe(200);
    expect(server.counts().work).toBe(3);
    expect(server.processed().get('a')).toBe(1);
  });
});

describe('a frozen server', () => {
  it('is connected to and never answers, until it is thawed', async () => {
    const server = await rig.server();
    await server.freeze();
    const wire = await openWire(server.port, '127.0.0.1', rawRequest('/item/1'));
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    expect(wire.events).toEqual(['connect']);
    expect(server.counts().requests).toBe(0);
    await server.thaw();
    await until(
      () => wire.events.includes('data'),
      LIMIT_MS,
      () => 'no answer after the thaw',
    );
    wire.socket.destroy();
  });

  it('can be killed and restarted', async () => {
    const server = await rig.server();
    await server.freeze();
    await server.restart();
    expect((await look(`${server.url}/item/1`)).status).toBe(200);
  });
});

describe('a server at its planned end', () => {
  it('answers what is under way and closes what is idle', async () => {
    const server = await rig.server();
    const idle = await openWire(server.port, '127.0.0.1', rawRequest('/item/1'));
    await until(
      () => idle.events.includes('data'),
      LIMIT_MS,
      () => 'no answer',
    );
    const slow = look(`${server.url}/slow?ms=500`);
    await until(
      () => server.counts().work === 2,
      LIMIT_MS,
      () => 'the slow request does not come',
    );
    const ended = server.end();
    await idle.closed;
    expect(idle.events).toEqual(['connect', 'data', 'end']);
    expect(await slow).toMatchObject({ end: 'answered', status: 200 });
    await ended;
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });
});

describe('what is received', () => {
  it('is told in order, with its id, key and range', async () => {
    const server = await rig.server();
    await look(`${server.url}/healthz/live`);
    const headers = { 'x-request-id': 'a', 'idempotency-key': 'k', range: 'bytes=1-' };
    await look(`${server.url}/work?x=1`, { method: 'PUT', headers });
    expect(server.counts()).toMatchObject({
      requests: 2,
      work: 1,
      probes: 1,
      received: [
        { method: 'GET', path: '/healthz/live', id: null, key: null, range: null },
        { method: 'PUT', path: '/work?x=1', id: 'a', key: 'k', range: 'bytes=1-' },
      ],
    });
    expect(server.counts().connections).toBeGreaterThanOrEqual(1);
  });

  it('can be asked after the server was stopped for good', async () => {
    const server = await rig.server();
    await look(`${server.url}/work?id=a`);
    await server.stop();
    await server.stop();
    expect(server.processed().get('a')).toBe(1);
    expect(server.counts().work).toBe(1);
    await expect(server.restart()).rejects.toThrow('stopped for good');
  });
});

describe('a server that cannot start', () => {
  it('rejects with its last words', async () => {
    const taken = await rig.server();
    await expect(startServer({ port: taken.port })).rejects.toThrow('EADDRINUSE');
  });

  it('rejects for a program that is not there', async () => {
    await expect(startServer({ program: '/nowhere/server.ts' })).rejects.toThrow('ended before it listened');
  });
});

describe('another server program', () => {
  it('is started by its path and told what to do', async () => {
    const server = await rig.server({ program: pathOf('./fixtures/otherServer.ts'), extra: { greeting: 'hello' } });
    expect((await look(server.url)).body.toString()).toBe('hello');
    expect(await server.ask('good day')).toBe('hello');
    expect((await look(server.url)).body.toString()).toBe('good day');
    await expect(server.mode({ kind: 'mute' })).rejects.toThrow('only custom commands');
  });
});

describe('nothing is left behind', () => {
  it('when a rig closes, whatever state its servers are in', async () => {
    const own = createRig();
    const servers = await Promise.all([own.server(), own.server(), own.server({ mode: { kind: 'refused' } })]);
    await servers[0].freeze();
    await servers[1].kill();
    const pids = servers.map(({ pid }) => pid);
    await own.close();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('when the line to its parent breaks', async () => {
    const child = fork(pathOf('../../rig/faultyServer.ts'), ['{}'], { execArgv: [], stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('when the test process is killed, though a server is frozen', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'switchover-orphans-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const env = { ...process.env, TMPDIR: directory };
    const parent = spawn(process.execPath, [pathOf('./fixtures/orphans.ts')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { pids } = JSON.parse(line.toString()) as { pids: number[] };
    expect(pids.filter(isAlive)).toEqual(pids);
    expect(readdirSync(directory).length).toBe(pids.length);
    parent.kill('SIGKILL');
    await until(
      () => !pids.some(isAlive),
      LIMIT_MS,
      () => 'servers outlive their parent',
    );
    await until(
      () => readdirSync(directory).length === 0,
      LIMIT_MS,
      () => 'files outlive their owner',
    );
  });
});
