import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

async function newStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'switchover-workerd-'));
  rig.owns({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) });
  return createStage(rig, directory);
}

describe.each(DATES)('a worker of %s', (date) => {
  let stage: Stage;
  let worker: Worker;

  beforeAll(async () => {
    stage = await newStage();
    worker = rig.owns(await startWorker(folder, 'worker.ts', stage, date));
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
    expect(await ask('/own?name=memory')).toEqual({ from: 'b', method: 'GET', bytes: 0, asked: 2 });
    expect(await ask('/own?name=memory')).toEqual({ from: 'b', method: 'GET', bytes: 0, asked: 1 });
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

test('the workers of the guide pass requests with bodies on, and fail over', async () => {
  const guide = await readFile(join(import.meta.dirname, '../../docs/runtimes.md'), 'utf8');
  const blocks = [...guide.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
  const [worker = '', keeper = ''] = blocks.filter((code) => /env\.PRIMARY/.test(code));
  const throughKeeper = 'export default { fetch: (r, env) => env.KEEPER.get(env.KEEPER.idFromName("one")).fetch(r) };';
  await writeFile(join(folder, 'guide-worker.ts'), `${worker}\nexport class Keeper {}`);
  await writeFile(join(folder, 'guide-keeper.ts'), `${keeper}\n${throughKeeper}`);
  const stage = await newStage();
  const start = async (entry: string) => rig.owns(await startWorker(folder, entry, stage, '2026-11-01'));
  const urls = (await Promise.all(['guide-worker.ts', 'guide-keeper.ts'].map(start))).map(({ url }) => url);
  const post = { method: 'POST', body: 'x', headers: { 'idempotency-key': 'once' } };
  const ask = () => Promise.all(urls.map(async (url) => (await fetch(`${url}/who?x=1`, post)).json()));
  expect(await ask()).toEqual(urls.map(() => ({ from: 'a', method: 'POST', bytes: 1 })));
  await fetch(`${stage.control}/kill a`);
  expect(await ask()).toEqual(urls.map(() => ({ from: 'b', method: 'POST', bytes: 1 })));
});
