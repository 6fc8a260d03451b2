import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const example = join(root, 'examples/chat');
const run = promisify(execFile);

/** What one client has shown of what one talker said. */
const linesOf = (output: string, listener: string, talker: string): string[] =>
  [...output.matchAll(new RegExp(`^${listener} \\| ${talker}: (line \\d+) `, 'gm'))].map(([, line]) => line ?? '');

describe('examples/chat', () => {
  test('ends well, and everybody hears every line once and in order, though the preferred server is killed', async () => {
    expect(existsSync(join(root, 'dist')), 'the example imports the package by its name: run `npm run build`').toBe(
      true,
    );
    const { stdout } = await run(process.execPath, [join(example, 'run.mjs')], { cwd: root, timeout: 60_000 });
    const said = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`);
    for (const listener of ['ann', 'ben']) {
      for (const talker of ['ann', 'ben']) expect(linesOf(stdout, listener, talker)).toEqual(said);
    }
    expect(stdout).toContain('(by a)');
    expect(stdout).toContain('a is gone (SIGKILL)');
    expect(stdout).toContain('(by b)');
  });

  test.each(['client.mjs', 'server.mjs'])('shows %s in the README as it is', (program) => {
    const readme = readFileSync(join(example, 'README.md'), 'utf8');
    expect(readme).toContain(readFileSync(join(example, program), 'utf8').trim());
  });
});
