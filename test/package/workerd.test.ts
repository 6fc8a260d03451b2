import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed } from '../rig/installed.ts';
import { createRig } from '../rig/rig.ts';
import { SEEN_WITHOUT_PROOF } from './runtimes/seen.ts';
import { createStage, type Stage } from './runtimes/stage.ts';
import { startWorker, type Worker } from './runtimes/workerd.ts';

const SOURCES = join(import.meta.dirname, 'runtimes');
/** Today's, and one from before `fetch` took `cache`. */
const DATES = ['2026-11-01', '2024-09-23'];
const rig = createRig();
let folder = '';

beforeAll(async () => {
  folder = await installed(SOURCES, { switchover: true });
  for (const name of ['worker.ts', 'scenario.ts']) await cp(join(SOURCES, name), join(folder, name));
});
afterAll(() => rig.close());

describe.each(DATES)('a worker of %s', (date) => {
  let stage: Stage;
  let worker: Worker;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'switchover-workerd-'));
    rig.owns({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) });
    stage = await createStage(rig, directory);
    worker = rig.owns(await startWorker(folder, stage, date));
  });

  const ask = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${worker.url}${path}`, { signal: AbortSignal.timeout(20_000) });
    return answer.json();
  };
  const act = (what: string): Promise<Response> => fetch(`${stage.control}/${what}`);

  test('keeps requests, sockets, streams and channels through the death of a server', async () => {
    const seen = await ask('/scenario');
    expect(seen).toEqual(SEEN_WITHOUT_PROOF);
    console.log(`workerd (${date}): ${JSON.stringify(seen)}`);
  });

  test('is told at once of a pool at the top of a module, and of one that another request made', async () => {
    expect(await ask('/module')).toEqual({ createFailover: 'OUTSIDE_REQUEST', createPool: 'OUTSIDE_REQUEST' });
    const names = ['fetch', 'ky', 'plainFetch', 'socket', 'events', 'channel'];
    const all = (end: string) => Object.fromEntries(names.map((name) => [name, end]));
    expect(await ask('/kept')).toEqual(all('fine'));
    expect(await ask('/kept')).toEqual(all('OUTSIDE_REQUEST'));
  });

  test('has time-outs in each of several requests at once, and passes answers on', async () => {
    await act('freeze a');
    const answers = await Promise.all(['/own', '/own', '/passed-on'].map(ask));
    expect(answers).toMatchObject([{ from: 'b' }, { from: 'b' }, { from: 'b' }]);
    await act('thaw a');
  });

  test('remembers in one request what another has learned; one live request proves a host', async () => {
    await act('kill a');
    expect(await ask('/own?name=memory')).toEqual({ from: 'b', method: 'GET', asked: 2 });
    expect(await ask('/own?name=memory')).toEqual({ from: 'b', method: 'GET', asked: 1 });
    await act('restart a');
    await expect.poll(() => ask('/own?name=memory'), { timeout: 20_000 }).toMatchObject({ from: 'a', asked: 1 });
  });

  test('may keep one in a Durable Object, where probes bring a host back', async () => {
    expect(await ask('/keeper')).toMatchObject({ from: 'a' });
    await act('kill a');
    expect(await ask('/keeper')).toMatchObject({ from: 'b' });
    await act('restart a');
    await expect.poll(() => ask('/keeper'), { timeout: 20_000 }).toMatchObject({ from: 'a' });
  });
});
