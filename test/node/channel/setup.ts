import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { type Channel, type ChannelOptions, createFailover, type FailoverOptions } from '../../../src/index.node.ts';
import type { Server, ServerOptions } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import type { ServerExtra, ServerOrder } from './programs/channelServer.ts';

const PROGRAM = fileURLToPath(new URL('./programs/channelServer.ts', import.meta.url));

/** A folder for a test's files. */
export function useFolder(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchover-channel-'));
    folders.push(folder);
    return folder;
  };
}

/** Two servers over one store, and what their application has got. */
export interface Pair {
  readonly a: Server;
  readonly b: Server;
  readonly hosts: readonly string[];
  got(): readonly { readonly subject: string; readonly sid: string; readonly data: unknown }[];
  /** Messages to clients that are still held for them. */
  unacknowledged(): number;
}

export function usePairs(): (extra?: Partial<ServerExtra>, a?: ServerOptions, b?: ServerOptions) => Promise<Pair> {
  const rig = useRig();
  const folder = useFolder();
  return async (extra = {}, options = {}, others = {}) => {
    const database = join(folder(), 'sessions.db');
    const start = (name: string, more: ServerOptions = {}) =>
      rig.server({ name, program: PROGRAM, extra: { ...extra, database }, ...more });
    // One after the other: the first makes the tables.
    const a = await start('a', options);
    const b = await start('b', others);
    const read = (query: string) => {
      const reader = new DatabaseSync(database, { readOnly: true });
      try {
        return reader.prepare(query).all();
      } finally {
        reader.close();
      }
    };
    return {
      a,
      b,
      hosts: [a.url, b.url],
      got: () =>
        read('SELECT subject, sid, data FROM got ORDER BY at').map(({ subject, sid, data }) => ({
          subject: String(subject),
          sid: String(sid),
          data: JSON.parse(String(data)),
        })),
      unacknowledged: () => read('SELECT 1 FROM switchover_messages').length,
    };
  };
}

export const order = (server: Server, what: ServerOrder): Promise<unknown> => server.ask(what);

/** A channel, and all that it has told. */
export interface Heard {
  readonly channel: Channel;
  readonly got: unknown[];
  readonly told: string[];
  /** Waits until it is open at a host. */
  openAt(server: Server): Promise<void>;
  /** Waits until it has got so many messages. */
  heard(count: number): Promise<void>;
}

export function useChannels(): (
  hosts: readonly string[],
  options?: ChannelOptions,
  failover?: Partial<FailoverOptions>,
) => Heard {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const failover of open.splice(0)) failover.close();
  });
  return (hosts, options, more) => {
    const failover = createFailover({ hosts, allowInsecure: true, ...more });
    open.push(failover);
    const channel = failover.channel('/channel', { credential: () => 'ann', ...options });
    const got: unknown[] = [];
    const told: string[] = [];
    channel.on('message', (data) => got.push(data));
    channel.on('state', ({ kind, cause }) => told.push(`${kind} ${cause}`));
    channel.on('resumed', ({ result }) => told.push(result));
    channel.on('gap', ({ direction, range }) => told.push(`gap ${direction} ${range}`));
    channel.on('warning', ({ code, message }) => told.push(`warning ${code} ${message}`));
    channel.on('error', ({ code }) => told.push(`error ${code}`));
    const say = () => JSON.stringify([channel.state, told]);
    return {
      channel,
      got,
      told,
      openAt: ({ url }) =>
        until(
          () => channel.state.kind === 'open' && channel.state.host === url,
          20_000,
          () => `not open at ${url}: ${say()}`,
        ),
      heard: (count) =>
        until(
          () => got.length >= count,
          20_000,
          () => `${got.length} of ${count} messages: ${say()}`,
        ),
    };
  };
}

/** Sends numbers until it is stopped, and says which were accepted. */
export function talk(channel: Channel, everyMs = 2): { stop(): Promise<readonly number[]> } {
  const accepted: number[] = [];
  const sends: Promise<void>[] = [];
  let n = 0;
  const timer = setInterval(() => {
    const one = ++n;
    sends.push(channel.send({ n: one }).then(() => void accepted.push(one)));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(sends);
      return accepted;
    },
  };
}

export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
