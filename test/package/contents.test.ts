import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { output } from '../rig/output.ts';
import { type Packed, packed, placePackage } from '../rig/packed.ts';

interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  /** Left out where a file is only exports of others. */
  readonly sourcesContent?: readonly string[];
  readonly mappings: string;
}

/** Unpacked; two thirds of it are the source maps of ESM, which carry their sources. */
const MOST_BYTES = 6_500_000;
let project = '';
let about: Packed;
let dist = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'switchover-contents-'));
  about = await packed();
  dist = join(await placePackage(project), 'dist');
});
afterAll(() => rm(project, { recursive: true, force: true }));

const textOf = (name: string): string => readFileSync(join(dist, name), 'utf8');

describe('the tarball', () => {
  test('holds what is published and nothing else', () => {
    const known = /^(dist\/|docs\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/;
    expect(about.files.filter((path) => !known.test(path))).toEqual([]);
    expect(
      about.files.filter((path) => /\.(test|test-d)\.|tsconfig|\.tsx?$/.test(path.replace(/\.d\.c?ts$/, ''))),
    ).toEqual([]);
    expect(about.files).toEqual(expect.arrayContaining(['LICENSE', 'dist/index.node.js', 'dist/index.node.d.cts']));
  });

  test('is no larger than it has to be', () => {
    const maps = about.files.filter((path) => path.endsWith('.map'));
    const bytes = maps.reduce((sum, path) => sum + textOf(path.replace('dist/', '')).length, 0);
    console.log(`${about.files.length} files, ${about.unpackedBytes} bytes unpacked, ${bytes} of them source maps`);
    expect(about.unpackedBytes).toBeLessThan(MOST_BYTES);
  });

  test('has the licences of what its files hold of others', () => {
    const licences = textOf('THIRD-PARTY-LICENSES.txt');
    for (const owner of ['Sindre Sorhus', 'Jake Archibald', 'Google LLC']) expect(licences).toContain(owner);
    expect(textOf('switchover.global.js')).toMatch(/^\/\*! .*THIRD-PARTY-LICENSES\.txt/);
  });
});

describe('source maps', () => {
  test('are where a file says, and carry sources that are ours', () => {
    const scripts = readdirSync(dist).filter((name) => /\.c?js$/.test(name));
    const mapped = scripts.flatMap((name) => {
      const [map, ...more] = [...textOf(name).matchAll(/^\/\/# sourceMappingURL=(.+)$/gm)].map(([, path]) => path);
      expect(more, name).toEqual([]);
      return map === undefined ? [] : [[name, map] as const];
    });
    expect(mapped.map(([name]) => name)).toEqual(expect.arrayContaining(['index.node.js', 'switchover.global.js']));
    expect(mapped.filter(([name]) => name.endsWith('.cjs'))).toEqual([]);
    for (const [name, map] of mapped) {
      expect(map, name).toBe(`${name}.map`);
      const { version, sources, sourcesContent = [], mappings }: SourceMap = JSON.parse(textOf(map));
      expect(version).toBe(3);
      expect(sourcesContent.length, name).toBe(sources.length);
      expect(mappings === '', name).toBe(sources.length === 0);
      expect(
        sources.filter((path) => !/^(\.\.\/src\/|\.\.\/node_modules\/|(\.\.\/)?dependency:|\0?\w)/.test(path)),
        name,
      ).toEqual([]);
    }
  });

  test('lead from an error to the line of the source', async () => {
    const text =
      "import { createFailover } from 'switchover'; try { createFailover({ hosts: [] }) } catch (e) { console.log(e.stack) }";
    const stack = await output(project, process.execPath, [
      '--enable-source-maps',
      '--input-type=module',
      '--eval',
      text,
    ]);
    expect(stack).toMatch(/src\/policy\/\w+\.ts:\d+/);
    expect(stack).toMatch(/src\/createFailover\.ts:\d+/);
  });
});
