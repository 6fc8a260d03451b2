import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/testing.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The package's own names lead to the sources. */
function forHere(code: string): string {
  const source = (path: string) => pathToFileURL(join(root, path)).href;
  return code
    .replaceAll("'switchover'", `'${source('src/index.node.ts')}'`)
    .replaceAll("'switchover/testing'", `'${source('src/testing/index.ts')}'`);
}

describe('docs/testing.md', () => {
  const blocks = [...guide.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);

  test('has one program', () => {
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toContain('assert.');
  });

  test('runs as it stands', async () => {
    const file = join(folder, 'guide.mjs');
    writeFileSync(file, forHere(blocks.join('\n')));
    await import(pathToFileURL(file).href);
  });
});
