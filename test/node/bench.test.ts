import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Section } from '../../bench/lib/report.ts';
import { missingPackages } from '../browser/rig/engine.ts';

const RUN = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));

/** Many processes: on a busy machine they take their time. */
const LIMIT_MS = 240_000;

async function bench(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, ...words], { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

it(
  'measures every part of the benchmark of requests, beside each library, and tells what is met',
  async () => {
    const { sections } = JSON.parse(await bench('http', '--quick', '--json')) as { sections: Section[] };
    expect(sections.map(({ title }) => title)).toEqual([
      'Cost of one request',
      'What a fault adds',
      'Bytes in a browser bundle',
      'A whole outage',
    ]);
    const libraries = [
      'failover',
      'switchover/fetch',
      'ky',
      'ofetch',
      'wretch',
      'axios',
      'cockatiel',
      'p-retry',
      'algolia',
    ];
    for (const { tables, goals } of sections) {
      expect(goals.length).toBeGreaterThan(0);
      const names = tables[0]?.table.rows.map(([name]) => name ?? '') ?? [];
      for (const library of libraries) expect(names.some((name) => name.toLowerCase().includes(library))).toBe(true);
    }
  },
  LIMIT_MS,
);

it(
  'measures every part of the benchmark of conversations, beside each library, and tells what is met',
  async () => {
    const { sections } = JSON.parse(await bench('socket', '--quick', '--json')) as { sections: Section[] };
    expect(sections.map(({ title }) => title)).toEqual([
      'Recovery after a fault',
      'Messages per second',
      'Memory of a server for each connection',
      '100 sessions resumed at one standby',
      'Bytes of a client in a browser bundle',
    ]);
    const names = sections.map(({ tables }) => tables[0]?.table.rows.map(([name]) => name ?? '') ?? []);
    const [recovery, throughput, memory, , bytes] = names;
    const peers = ['partysocket', 'reconnecting-websocket', 'centrifuge-js', 'socket.io'];
    expect(recovery).toEqual(
      expect.arrayContaining([
        'channel',
        'channel, window 0',
        'channel, window 0, no fsync',
        'drop-in WebSocket',
        ...peers,
      ]),
    );
    const kinds = ['bare ws', 'channel, memory store', 'channel, node:sqlite store'];
    expect(throughput?.slice(0, 3)).toEqual(kinds);
    expect(memory?.slice(0, 3)).toEqual(kinds);
    expect(bytes).toEqual(expect.arrayContaining(['switchover/socket', 'switchover/channel', ...peers]));
    for (const { goals, title } of sections) if (!title.startsWith('Memory')) expect(goals.length).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

it.skipIf(missingPackages('chromium').length > 0 && !process.env['CI'])(
  'measures every part of the benchmark of pages, beside Workbox and Serwist, and tells what is met',
  async () => {
    const { sections } = JSON.parse(await bench('browser', '--quick', '--json')) as { sections: Section[] };
    expect(sections.map(({ title }) => title)).toEqual([
      'What a worker adds while all is well',
      'From a fault to a usable page',
      'Bytes that a browser loads',
    ]);
    const [overhead, recovery, bytes] = sections.map(({ tables }) => tables[0]?.table.rows.map(([name]) => name ?? ''));
    const ours = ['sw.js, offline-page', 'sw.js, redirect', 'sw.js, transparent', 'workboxPlugin'];
    expect(overhead).toEqual(expect.arrayContaining([...ours, 'no worker', 'Workbox, pages', 'Serwist, pages']));
    expect(recovery).toEqual([...ours, 'Workbox offlineFallback', 'no worker']);
    expect(bytes).toEqual(expect.arrayContaining(['sw.js', 'Workbox, pages', 'Workbox offlineFallback']));
    for (const { goals } of sections) expect(goals.length).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

it(
  'measures every part of the benchmark of policies, beside each library, and tells what is met',
  async () => {
    const { sections } = JSON.parse(await bench('policy', '--quick', '--json')) as { sections: Section[] };
    const names = sections.map(({ tables }) => tables[0]?.table.rows.map(([name]) => name ?? '') ?? []);
    const [failover, overload, connections] = names;
    expect(failover).toEqual(expect.arrayContaining(['Switchover', 'stateless walk', 'ky', 'AWS 2026', 'gRPC A6']));
    expect(overload).toEqual(expect.arrayContaining(['Switchover', 'no retries', 'ky', 'AWS 2026', 'gRPC A6']));
    expect(connections).toEqual(['Switchover', 'socket.io', 'nats', 'SignalR', 'Ably']);
    const goals = sections.flatMap((section) => section.goals);
    // Virtual time is the same on every machine.
    expect(goals.filter(({ met }) => !met)).toEqual([]);
    expect(goals).toHaveLength(4);
  },
  LIMIT_MS,
);

it('shows tables that can be read, and says what each goal came to', async () => {
  const text = await bench('http', '--quick', '--only', 'bytes');
  expect(text).toMatch(/switchover\/fetch +\d+ +\d+ +\d+\n/);
  expect(text).toMatch(/^(met {4}|NOT MET) {2}switchover\/fetch is at most/m);
});

it('tells how it is called', async () => {
  expect(await bench('--help')).toMatch(/npm run bench -- <name>[\s\S]+--quick/);
  await expect(bench('nothing')).rejects.toThrow('There is no benchmark nothing.');
  await expect(bench('http', '--only', 'nothing')).rejects.toThrow('http has no part nothing.');
});
