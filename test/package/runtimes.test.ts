import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFailover } from '../../src/index.node.ts';
import { installed } from '../rig/installed.ts';
import { createRig, type Rig } from '../rig/rig.ts';
import { RUNTIMES, start } from './runtimes/programs.ts';
import { SEEN } from './runtimes/seen.ts';
import { createStage } from './runtimes/stage.ts';

const SOURCES = join(import.meta.dirname, 'runtimes');
let folder = '';

beforeAll(async () => {
  folder = await installed(SOURCES, { switchover: true });
  for (const name of ['main.ts', 'scenario.ts', 'host.ts', 'node.ts'])
    await cp(join(SOURCES, name), join(folder, name));
  // The same client for `require`.
  await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    outfile: join(folder, 'main.cjs'),
    bundle: true,
    external: ['switchover', 'switchover/fetch'],
    tsconfigRaw: {},
    format: 'cjs',
    platform: 'node',
  });
});

async function temporaryFolder(rig: Rig): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'switchover-runtimes-'));
  rig.owns({ [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) });
  return path;
}

describe.each(RUNTIMES)('$name', ({ name, command }) => {
  test.concurrent.each(name.startsWith('Node') ? ['main.ts', 'main.cjs'] : ['main.ts'])(
    'keeps requests, sockets, streams and channels through the death of a server (%s)',
    async (program) => {
      await using rig = createRig();
      const { control, hosts } = await createStage(rig, await temporaryFolder(rig));
      // Node before 22.12, and Jest, cannot require what is ESM alone.
      const flags = program === 'main.cjs' ? ['--no-experimental-require-module'] : [];
      const client = rig.owns(start([...command(folder), ...flags], join(folder, program), control, ...hosts));
      const seen: unknown = JSON.parse(await client.line);
      expect(seen).toEqual(SEEN);
      // Nothing is left open, or the runtime would not end.
      expect(await client.ended).toBe(0);
      console.log(`${name}, ${program}: ${JSON.stringify(seen)}`);
    },
  );

  test.concurrent('serves sessions, from SQLite', async () => {
    await using rig = createRig();
    const directory = await temporaryFolder(rig);
    const host = rig.owns(start(command(folder), join(folder, 'host.ts'), join(directory, 'sessions.db')));
    const failover = createFailover({ hosts: [`http://127.0.0.1:${await host.line}`] });
    expect((await failover.fetch('/healthz/ready')).status).toBe(200);
    const channel = failover.channel('/channel', { credential: () => 'ann' });
    const answer = new Promise((resolve) => channel.on('message', resolve));
    await channel.send({ n: 1 });
    expect(await answer).toEqual({ re: { n: 1 } });
    await channel.close({ end: true });
    failover.close();
  });

  test.concurrent('takes its own entry, and what of switchover/node it can', async () => {
    const isNode = name.startsWith('Node');
    await using program = start(command(folder), join(folder, 'node.ts'));
    expect(JSON.parse(await program.line)).toEqual({
      entry: isNode ? 'index.node.js' : 'index.deno-bun.js',
      fileStore: 'kept',
      nodeFetch: isNode ? 'made' : 'WRONG_RUNTIME',
    });
    expect(await program.ended).toBe(0);
  });
});
