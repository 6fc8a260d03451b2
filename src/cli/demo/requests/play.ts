import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REQUEST_FAULTS } from '../acts.ts';
import { conduct } from '../conductor.ts';
import type { PartText } from '../introduction.ts';
import { isBackAt } from '../isBackAt.ts';
import { narrate } from '../narrator.ts';
import type { ActRecord } from '../records.ts';
import type { Scene } from '../scene.ts';
import { type Servers, startServer } from '../serverProcess.ts';
import { ask, type Client, openClient } from './client.ts';
import { openDatabase } from './database.ts';
import { readLedger } from './ledger.ts';
import { keepBusy } from './load.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { RequestPlay } from './records.ts';
import type { WorkKind } from './work.ts';

const PROGRAM = fileURLToPath(new URL('./server.ts', import.meta.url));

const TEXT: PartText = {
  title: 'First part: requests',
  shared: 'sessions and a ledger of all work in one SQLite file that both share',
  mark: 'request, answered',
};

/** Lets one client work at two servers, while one of them suffers. */
export async function playRequests(scene: Scene): Promise<RequestPlay> {
  const { names, directory, guard, onPart } = scene;
  const database = join(directory, 'requests.db');
  // Made here, so that the servers don't both switch a new file to WAL.
  openDatabase(database).close();
  const [upper, lower] = names;
  const servers = await Promise.all([
    startServer(PROGRAM, { name: upper, port: 0, database }, guard),
    startServer(PROGRAM, { name: lower, port: 0, database }, guard),
  ]);
  onPart(TEXT, servers);
  const recorder = createRecorder();
  const client = openClient(
    servers.map(({ origin }) => origin),
    recorder,
  );
  try {
    const acts = await work(client, servers, recorder, scene);
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
  { timeline, signal }: Scene,
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
  const returned = (origin: string) => isBackAt(origin, [failover], signal);
  const acts = conduct({ faults: REQUEST_FAULTS, active: servers[0], returned, timeline, onAct, signal });
  const load = keepBusy(begin, workday.signal);
  try {
    return await acts;
  } finally {
    workday.abort();
    if (!signal.aborted) await load;
  }
}
