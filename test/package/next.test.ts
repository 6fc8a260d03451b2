import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingPackages, startEngine } from '../browser/rig/engine.ts';
import type { Tab } from '../browser/rig/tab.ts';
import { guard } from '../rig/guard.ts';
import { installed } from '../rig/installed.ts';
import { output } from '../rig/output.ts';
import { freePort } from '../rig/ports.ts';
import { createRig } from '../rig/rig.ts';
import { until } from '../rig/wait.ts';
import { createStage, type Stage } from './runtimes/stage.ts';

const SOURCES = join(import.meta.dirname, 'next-app');
const LIMIT_MS = 30_000;
const rig = createRig();
let stage: Stage;
let url = '';

beforeAll(async () => {
  const project = await installed(SOURCES, { switchover: true });
  for (const name of ['app', 'next.config.mjs'])
    await cp(join(SOURCES, name), join(project, name), { recursive: true });
  // With one there, Next.js takes the app for one in TypeScript, and installs that.
  await rm(join(project, 'tsconfig.json'), { force: true });
  const next = join(project, 'node_modules/next/dist/bin/next');
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await output(project, process.execPath, [next, 'build'], env);

  const directory = await mkdtemp(join(tmpdir(), 'switchover-next-'));
  rig.owns({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) });
  stage = await createStage(rig, directory);
  const port = await freePort('127.0.0.1');
  url = `http://127.0.0.1:${port}`;
  rig.owns(
    serve(project, [next, 'start', '--port', String(port), '--hostname', '127.0.0.1'], {
      ...env,
      HOSTS: JSON.stringify(stage.hosts),
    }),
  );
  await until(
    () =>
      fetch(`${url}/api/who`).then(
        ({ ok }) => ok,
        () => false,
      ),
    LIMIT_MS,
    () => 'next start does not serve',
  );
}, 300_000);
afterAll(() => rig.close());

function serve(cwd: string, words: readonly string[], env: NodeJS.ProcessEnv): AsyncDisposable {
  // A group of its own: it may have others work for it.
  const child = spawn(process.execPath, words, { cwd, env, stdio: 'ignore', detached: true });
  const release = guard({ kind: 'group', pid: child.pid ?? 0 });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    async [Symbol.asyncDispose]() {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await closed;
      release();
    },
  };
}

/** What each part of the app has heard of the hosts. */
async function heard(tab: Tab): Promise<object> {
  await tab.reload();
  const button = () => document.querySelector('button')?.disabled === false;
  await until(
    () => tab.evaluate(button),
    LIMIT_MS,
    () => 'the page does not come to life',
  );
  await tab.click('button');
  const answered = () => document.querySelector('button')?.textContent.includes('nobody yet') === false;
  await until(
    () => tab.evaluate(answered),
    LIMIT_MS,
    () => 'the client component hears nothing',
  );
  const ask = async (path: string): Promise<string> => (await (await fetch(url + path)).json()).from;
  return {
    page: (await tab.text()).split('\n').filter(Boolean),
    handler: await ask('/api/who'),
    edge: await ask('/edge'),
  };
}

/** As in test/browser/rig: what is not there fails in CI, and is not run elsewhere. */
const isChromiumMissing = !process.env['CI'] && missingPackages('chromium').length > 0;

test.skipIf(isChromiumMissing)(
  'an app of Next.js fails over in server components, client components and route handlers',
  async () => {
    const engine = rig.owns(await startEngine('chromium'));
    const tab = await (await engine.newProfile()).openTab(`${url}/`);
    const all = (from: string) => ({
      page: [`server component: ${from}`, `client component: ${from}`],
      handler: from,
      edge: from,
    });
    expect(await heard(tab)).toEqual(all('a'));
    await fetch(`${stage.control}/kill a`);
    const seen = await heard(tab);
    expect(seen).toEqual(all('b'));
    console.log(`Next.js, after the death of a server: ${JSON.stringify(seen)}`);
  },
);
