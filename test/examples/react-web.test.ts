import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tab } from '../browser/rig/tab.ts';
import { eachEngine, untilIn } from '../browser/rig/vitest.ts';
import { freePort } from '../rig/ports.ts';
import { until, within } from '../rig/wait.ts';

const root = join(import.meta.dirname, '../..');
const example = join(root, 'examples/react-web');
const LIMIT_MS = 60_000;

describe('examples/react-web', () => {
  let child: ChildProcess | undefined;
  let ports = { a: 0, b: 0, control: 0 };

  beforeAll(async () => {
    expect(existsSync(join(root, 'dist')), 'the example imports the package by its name: run `npm run build`').toBe(
      true,
    );
    ports = { a: await freePort('127.0.0.1'), b: await freePort('127.0.0.1'), control: await freePort('127.0.0.1') };
    const words = [join(example, 'run.mjs'), ...Object.values(ports).map(String)];
    const started = spawn(process.execPath, words, { cwd: root, stdio: 'pipe' });
    child = started;
    let said = '';
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (text) => (said += String(text)));
    await until(
      () => said.includes('Orders'),
      LIMIT_MS,
      () => `the example does not start: ${said}`,
    );
  });

  afterAll(async () => {
    if (child === undefined || child.exitCode !== null) return;
    // It takes its folder and its servers along.
    const ended = once(child, 'exit');
    child.stdin?.end();
    await within(ended, LIMIT_MS, () => 'the example does not end').finally(() => child?.kill('SIGKILL'));
  });

  /** Presses a button of its page. */
  const press = async (order: 'kill' | 'start', name: 'a' | 'b') => {
    const body = new URLSearchParams({ [order]: name });
    const { status } = await fetch(`http://127.0.0.1:${ports.control}/`, { method: 'POST', body, redirect: 'manual' });
    expect(status).toBe(303);
  };

  eachEngine(({ name, openTab }) => {
    test('somebody signs in and talks on through the death of one server, and of both', async () => {
      await Promise.all([press('start', 'a'), press('start', 'b')]);
      const tab = await openTab(`http://a.localhost:${ports.a}/`);
      await untilIn(tab, () => document.querySelector('#name') !== null, null, 'nobody is asked for a name');
      await tab.type('#name', name);
      await tab.click('.sign-in button');
      await say(tab, 'one');
      await heard(tab, ['one a']);

      await press('kill', 'a');
      await say(tab, 'two');
      await heard(tab, ['one a', 'two b']);
      await banner(tab, 'Connected to another server.');

      await press('kill', 'b');
      await say(tab, 'three');
      await untilIn(tab, () => document.querySelector('.waiting p')?.textContent === 'three', null, 'no line waits');
      await banner(tab, 'No server can be reached. Trying again.');
      await press('start', 'a');
      await heard(tab, ['one a', 'two b', 'three a']);

      await tab.reload();
      await heard(tab, ['one a', 'two b', 'three a']);
      await tab.click('footer button');
      await untilIn(tab, () => document.querySelector('#name') !== null, null, 'nobody is asked for a name again');
    });
  });

  test.each(['src/main.tsx', 'src/Say.tsx'])('shows %s in the README as it is', (file) => {
    const readme = readFileSync(join(example, 'README.md'), 'utf8');
    expect(readme).toContain(readFileSync(join(example, file), 'utf8').trim());
  });
});

async function say(tab: Tab, text: string): Promise<void> {
  await untilIn(tab, () => document.querySelector('.say input') !== null, null, 'the room is not open');
  await tab.type('.say input', text);
  await tab.click('.say button');
}

/** Until just these lines of one's own are there, once and in order, each with the server that it came by. */
async function heard(tab: Tab, lines: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  const shown = () =>
    tab.evaluate(() =>
      [...document.querySelectorAll('.own')].map((line) => {
        const server = /by server (\w)/.exec(line.textContent ?? '')?.[1] ?? 'nobody';
        return `${line.querySelector('p')?.textContent} ${server}`;
      }),
    );
  await until(
    async () => {
      last = await shown().catch(() => []);
      return last.join() === lines.join();
    },
    LIMIT_MS,
    () => `not heard as it was said: ${last.join(' | ')}`,
  );
}

const banner = (tab: Tab, text: string): Promise<void> =>
  untilIn(
    tab,
    (words) => document.querySelector('.banner')?.textContent === words,
    text,
    `the banner does not say: ${text}`,
  );
