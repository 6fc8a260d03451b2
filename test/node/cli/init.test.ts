import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const HOSTS = ['--hosts', 'a.example.com,b.example.com'];

let folder: string;

beforeEach(async () => {
  expect(existsSync(join(root, 'dist/sw.js')), 'init copies what the build made: run `npm run build`').toBe(true);
  folder = await mkdtemp(join(tmpdir(), 'switchover-init-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a process of its own. */
function run(...words: string[]): Promise<Ended> {
  const args = [join(root, 'src/cli/switchover.ts'), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
const init = (...words: string[]): Promise<Ended> => run('init', '.', ...words);
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('switchover init', () => {
  test('writes the files of a site and says what to do next; run again, it says what changed', async () => {
    const first = await init(...HOSTS);
    expect([first.code, first.err]).toEqual([0, '']);
    const files = ['switchover-README.md', 'switchover-health.txt', 'switchover-offline.html', 'switchover-sw.js'];
    expect((await readdir(folder)).sort()).toEqual(files);
    for (const file of files) expect(first.out).toContain(`  created    ${file}`);
    expect(first.out).toContain("navigator.serviceWorker?.register('/switchover-sw.js'");
    expect(await read('switchover-sw.js')).toContain(await readFile(join(root, 'dist/sw.js'), 'utf8'));

    const again = await init(...HOSTS);
    expect([again.code, again.out.match(/unchanged/g)]).toEqual([0, Array(4).fill('unchanged')]);

    const changed = await init(...HOSTS, '--mode', 'redirect');
    expect(changed.out).toContain('updated    switchover-sw.js\n             mode: "offline-page" → "redirect"');
    expect(await read('switchover-sw.js')).toContain(await readFile(join(root, 'dist/sw-redirect.js'), 'utf8'));
    expect(changed.out).toContain('unchanged  switchover-health.txt');
  });

  test('leaves a file of somebody else alone, says so without a stack, and ends with 1', async () => {
    await writeFile(join(folder, 'switchover-sw.js'), '// my own');
    const { code, out, err } = await init(...HOSTS, '--force');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Nothing was written: switchover-sw\.js was not written by Switchover\.\nMove it .*\n$/);
    expect(await readdir(folder)).toEqual(['switchover-sw.js']);
    expect(await read('switchover-sw.js')).toBe('// my own');
  });

  test('puts the kill switch in the place of the worker, and the worker back', async () => {
    await init(...HOSTS);
    const killed = await init('--kill');
    expect([killed.code, killed.err]).toEqual([0, '']);
    expect(await read('switchover-sw.js')).toContain(await readFile(join(root, 'dist/kill-sw.js'), 'utf8'));
    expect(await read('switchover-sw.js')).not.toContain('SWITCHOVER');
    expect((await init(...HOSTS)).out).toContain('updated    switchover-sw.js');
    expect(await read('switchover-sw.js')).toContain('self.SWITCHOVER = ');
  });

  test('only tells in a dry run', async () => {
    const { code, out } = await init(...HOSTS, '--dry-run');
    expect([code, await readdir(folder)]).toEqual([0, []]);
    expect(out).toContain('would be done');
  });

  test.each([
    [[], 'No host is listed.'],
    [['--hosts', 'a.example.com,a.example.com'], 'https://a.example.com is listed twice.'],
    [['--hosts', 'https://a.example.com/app'], 'has a path'],
    [['--hosts', 'http://a.example.com'], 'neither https nor local'],
    [[...HOSTS, '--mode', 'magic'], "mode can't be magic"],
    [[...HOSTS, '--colour', 'mauve'], "can't be"],
  ])('refuses %j with a sentence and a remedy, and writes nothing', async (words, complaint) => {
    const { code, out, err } = await init(...words);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(complaint);
    expect(err.trim().split('\n')).toHaveLength(2);
    expect(await readdir(folder)).toEqual([]);
  });

  test('ends with 2 for words that it does not know', async () => {
    expect(await init('--hots', 'a')).toMatchObject({ code: 2, out: '', err: expect.stringContaining("'--hots'") });
    expect(await run('deploy')).toMatchObject({ code: 2, err: expect.stringContaining('no command deploy') });
  });
});
