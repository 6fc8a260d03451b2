import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, type Client, openClient } from './client.ts';
import { conduct } from './conductor.ts';
import { openDatabase } from './database.ts';
import { type Guard, startGuard } from './guard.ts';
import { readLedger } from './ledger.ts';
import { keepBusy } from './load.ts';
import { narrate } from './narrator.ts';
import type { WorkKind } from './protocol.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { ActRecord, Play } from './records.ts';
import { type ServerProcess, startServer } from './serverProcess.ts';
import type { Timeline } from './timeline.ts';

/** The two servers: the one that is preferred, and will suffer, and the one that stands by. */
export type Servers = readonly [active: ServerProcess, standby: ServerProcess];

export interface PlayOptions {
  /** Where what happens is told. */
  readonly timeline: Timeline;
  /** Called when both servers listen. */
  readonly onReady: (servers: Servers) => void;
  /** Ends the play early; it then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Sets everything up, plays all acts, and clears everything away, whatever happens. */
export async function playDemo(names: readonly [string, string], options: PlayOptions): Promise<Play> {
  const guard = startGuard();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'switchover-demo-'));
    guard.tell({ kind: 'directory', path: directory });
    const database = join(directory, 'shared.db');
    // Made here, so that the servers don't both switch a new file to WAL.
    openDatabase(database).close();
    return await playOver(database, names, guard, options);
  } finally {
    await guard.close();
  }
}

async function playOver(
  database: string,
  [upper, lower]: readonly [string, string],
  guard: Guard,
  options: PlayOptions,
): Promise<Play> {
  const servers = await Promise.all([
    startServer({ name: upper, port: 0, database }, guard),
    startServer({ name: lower, port: 0, database }, guard),
  ]);
  options.onReady(servers);
  const recorder = createRecorder();
  const client = openClient(
    servers.map(({ origin }) => origin),
    recorder,
  );
  try {
    const acts = await work(client, servers, recorder, options);
    return { acts, requests: recorder.requests, attempts: recorder.attempts, processed: readLedger(database) };
  } finally {
    // Both at once: a request that is under way at a frozen server ends only with that server.
    await Promise.all([client.close(), ...servers.map((server) => server.kill())]);
  }
}

/** Lets the client work for as long as the acts take, and until all that it asked for is answered. */
async function work(
  { failover }: Client,
  servers: Servers,
  recorder: Recorder,
  { timeline, signal }: PlayOptions,
): Promise<readonly ActRecord[]> {
  narrate(failover, servers, timeline);
  const workday = new AbortController();
  let act = -1;
  let last = 0;
  const begin = async (kind: WorkKind) => {
    last += 1;
    const request = { id: `r${last}`, work: kind, startedMs: performance.now() };
    const end = await ask(failover, kind, request.id);
    recorder.note({ ...request, act, endedMs: performance.now(), end });
    timeline.mark(end, recorder.attemptsOf(request.id));
  };
  const onAct = () => {
    act += 1;
  };
  const acts = conduct({ failover, active: servers[0], timeline, onAct, signal });
  const load = keepBusy(begin, workday.signal);
  try {
    return await acts;
  } finally {
    workday.abort();
    if (!signal.aborted) await load;
  }
}
