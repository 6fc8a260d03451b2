import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { namespaceUnavailable } from '../../rig/namespace.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep, until } from '../../rig/wait.ts';
import { look, openWire, rawRequest, SILENCE_MS } from './look.ts';

const rig = useRig();
const LIMIT_MS = 20_000;
const reason = await namespaceUnavailable();

/** What the machine has of routes and packet filters. Other test processes may have namespaces of their own. */
function machine(): string {
  const routes = execFileSync('ip', ['route', 'show', 'table', 'all'], { encoding: 'utf8' });
  const own = routes.split('\n').filter((line) => !line.includes('dev swr') && !line.includes('10.213.'));
  return [...own, filters('iptables', '-w', '-S'), filters('nft', 'list', 'ruleset')].join('\n');
}

/** What one of the tools says; the rig needs only one of the two. */
function filters(tool: string, ...args: readonly string[]): string {
  try {
    return execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return `no ${tool}`;
  }
}

function hasAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
}

function isListed(name: string): boolean {
  return existsSync(`/run/netns/${name}`);
}

describe.skipIf(reason !== undefined)(`a network namespace (${reason ?? 'available'})`, () => {
  it('holds a server that is reached over its own address alone', async () => {
    const namespace = await rig.namespace();
    const server = await rig.server({ namespace });
    expect(server.url).toBe(`http://${namespace.address}:8080`);
    expect((await look(`${server.url}/item/1`)).status).toBe(200);
    expect((await look('http://127.0.0.1:8080/item/1')).code).toBe('ECONNREFUSED');
    expect((await look(`http://${namespace.address}:8081/`)).code).toBe('ECONNREFUSED');
  });

  it('makes SYNs vanish: neither accepted nor refused', async () => {
    const namespace = await rig.namespace();
    const server = await rig.server({ namespace });
    await namespace.blackhole();
    const dialled = openWire(server.port, namespace.address);
    const outcome = await Promise.race([dialled, sleep(SILENCE_MS).then(() => 'silence')]);
    expect(outcome).toBe('silence');
    await namespace.heal();
    const wire = await dialled;
    expect(wire.events).toEqual(['connect']);
    wire.socket.destroy();
  });

  it('makes established flows vanish: no byte, no end, no error; and lets them go on', async () => {
    const namespace = await rig.namespace();
    const server = await rig.server({ namespace });
    const path = rawRequest('/stream?chunks=1000&everyMs=20');
    const wire = await openWire(server.port, namespace.address, path);
    await until(
      () => wire.text().includes('\n3..'),
      LIMIT_MS,
      () => 'no stream',
    );
    await namespace.blackhole();
    // What had arrived before may still wait to be read.
    await sleep(100);
    const { length } = wire.text();
    await sleep(SILENCE_MS);
    expect(wire.text().length).toBe(length);
    expect(wire.events).toEqual(['connect', 'data']);
    await namespace.heal();
    await until(
      () => wire.text().length > length,
      LIMIT_MS,
      () => 'the stream does not go on',
    );
    wire.socket.destroy();
  });

  it('lets nothing in either: what is sent meanwhile arrives after it heals', async () => {
    const namespace = await rig.namespace();
    const server = await rig.server({ namespace });
    const wire = await openWire(server.port, namespace.address);
    await until(
      () => server.counts().connections === 1,
      LIMIT_MS,
      () => 'no connection',
    );
    await namespace.blackhole();
    wire.socket.write(rawRequest('/item/1'));
    await sleep(SILENCE_MS);
    expect(server.counts().requests).toBe(0);
    await namespace.heal();
    await until(
      () => wire.text().includes('item 1'),
      LIMIT_MS,
      () => 'the request does not arrive',
    );
    expect(server.counts().requests).toBe(1);
    wire.socket.destroy();
  });

  it('leaves all else of the machine as it was', async () => {
    const before = machine();
    const outside = await rig.server();
    const namespace = await rig.namespace();
    const inside = await rig.server({ namespace });
    await namespace.blackhole();
    expect((await look(`${outside.url}/item/1`)).status).toBe(200);
    expect(machine()).toBe(before);
    await inside.stop();
    await namespace.close();
    expect(machine()).toBe(before);
    expect(hasAddress(namespace.hostAddress)).toBe(false);
    expect(isListed(namespace.name)).toBe(false);
  });

  it('may be there many times over, each with an address of its own', async () => {
    const namespaces = await Promise.all([rig.namespace(), rig.namespace(), rig.namespace()]);
    expect(new Set(namespaces.map(({ address }) => address)).size).toBe(3);
    const [first, second] = await Promise.all(namespaces.map((namespace) => rig.server({ namespace })));
    await namespaces[0].blackhole();
    expect((await look(`${first?.url}/item/1`, { silenceMs: SILENCE_MS })).end).toBe('silent before');
    expect((await look(`${second?.url}/item/1`)).status).toBe(200);
  });

  it('lets its server be killed, frozen and restarted like any other', async () => {
    const namespace = await rig.namespace();
    const server = await rig.server({ namespace });
    await server.freeze();
    await server.restart();
    expect((await look(`${server.url}/item/1`)).status).toBe(200);
    await server.kill();
    expect((await look(`${server.url}/item/1`)).code).toBe('ECONNREFUSED');
  });

  it('goes with a test process that is killed, though a server in it is frozen', async () => {
    const path = fileURLToPath(new URL('./fixtures/orphans.ts', import.meta.url));
    const parent = spawn(process.execPath, [path, 'namespace'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const orphan = JSON.parse(line.toString()) as { namespace: string; hostAddress: string };
    expect(isListed(orphan.namespace)).toBe(true);
    expect(hasAddress(orphan.hostAddress)).toBe(true);
    parent.kill('SIGKILL');
    await until(
      () => !isListed(orphan.namespace),
      LIMIT_MS,
      () => 'the namespace outlives its owner',
    );
    await until(
      () => !hasAddress(orphan.hostAddress),
      LIMIT_MS,
      () => 'the pair outlives its namespace',
    );
  });

  it('that was left behind all the same is swept away by the next one', async () => {
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(gone, 'exit');
    const left = `swr-${gone.pid}-00000000`;
    const foreign = `rig-test-${process.pid}`;
    execFileSync('ip', ['netns', 'add', left]);
    execFileSync('ip', ['netns', 'add', foreign]);
    onTestFinished(() => void execFileSync('ip', ['netns', 'delete', foreign]));
    await rig.namespace();
    expect(isListed(left)).toBe(false);
    expect(isListed(foreign)).toBe(true);
  });
});
