import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { createFailover, type Failover, type FailoverOptions } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { session } from './appSession.ts';
import type { SessionCommand } from './programs/sessionServer.ts';
import { openTable } from './programs/sessionTable.ts';

const PROGRAM = fileURLToPath(new URL('./programs/sessionServer.ts', import.meta.url));

/** A folder for a test's files. */
export function useFolder(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchover-session-'));
    folders.push(folder);
    return folder;
  };
}

/** Starts servers over one table of sessions. */
export function useServers(): (...names: string[]) => Promise<Server[]> {
  const rig = useRig();
  const folder = useFolder();
  return (...names) => {
    const table = join(folder(), 'sessions.db');
    // Made before anybody shares it: SQLite does not wait for the lock that a change of the journal's mode needs.
    openTable(table).close();
    return Promise.all(names.map((name) => rig.server({ name, program: PROGRAM, extra: { table } })));
  };
}

export const tell = (server: Server, command: SessionCommand): Promise<unknown> => server.ask(command);

/** What a server received at a path: the tokens, in order. */
export function tokensAt(server: Server, path: string): (string | null)[] {
  return server
    .counts()
    .received.filter((request) => request.path.split('?')[0] === path)
    .map(({ key }) => key);
}

/** How often each path was asked for, without probes. */
export function pathsAt(server: Server): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path } of server.counts().received) {
    const [name = ''] = path.split('?');
    if (!name.startsWith('/healthz/')) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Makes clients, and closes them after each test. */
export function useClients(): (servers: readonly Server[], options?: Partial<FailoverOptions>) => Failover {
  const open: Failover[] = [];
  afterEach(() => {
    for (const failover of open.splice(0)) failover.close();
  });
  return (servers, options) => {
    const failover = createFailover({ hosts: servers.map(({ url }) => url), session, ...options });
    open.push(failover);
    return failover;
  };
}

export interface WorkAnswer {
  readonly server: string;
  readonly user: string;
  readonly session: number;
}

export const work = (failover: Failover, at: number): Promise<WorkAnswer> =>
  failover.http.get(`work?at=${at}`).json<WorkAnswer>();

export const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
