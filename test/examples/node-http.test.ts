import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const example = join(root, 'examples/node-http');
const run = promisify(execFile);

describe('examples/node-http', () => {
  test('ends well, and every request is answered, though the preferred server is killed', async () => {
    expect(existsSync(join(root, 'dist')), 'the example imports the package by its name: run `npm run build`').toBe(
      true,
    );
    const { stdout } = await run(process.execPath, [join(example, 'run.mjs')], { cwd: root, timeout: 60_000 });
    const answers = stdout.split('\n').filter((line) => /^\d+: answered by [ab]$/.test(line));
    expect(answers.map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(answers[0]).toBe('1: answered by a');
    expect(answers.at(-1)).toBe('40: answered by b');
    expect(stdout.match(/^failover: /gm)).toHaveLength(1);
  });

  test('shows its client in the README as it is', () => {
    const readme = readFileSync(join(example, 'README.md'), 'utf8');
    expect(readme).toContain(readFileSync(join(example, 'client.mjs'), 'utf8').trim());
  });
});
