import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completed, type Lockfile, missingOptional } from '../../scripts/complete-lockfile.ts';

const root = join(import.meta.dirname, '../..');
const fixtures = globSync('{test,examples}/**/package-lock.json', { cwd: root, exclude: ['**/node_modules/**'] });

describe.each(['package-lock.json', ...fixtures])('%s', (path) => {
  const lock: Lockfile = JSON.parse(readFileSync(join(root, path), 'utf8'));

  test('names no registry', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  test('holds every optional package, else `npm ci` refuses it (node scripts/complete-lockfile.ts <folder>)', () => {
    expect(missingOptional(lock).map(({ name }) => name)).toEqual([]);
  });
});

describe('a lockfile', () => {
  test('is completed with what only other platforms install', () => {
    const optionalDependencies = {
      '@a/b-linux-arm64-musl': '1.2.3',
      '@a/b-win32-x64-msvc': '1.2.3',
      '@a/b-linux-x64-gnu': '1.2.3',
      '@a/b-windows-64': '1.2.3',
    };
    const held = { version: '1.2.3', os: ['linux'] };
    const { packages } = completed({
      packages: { 'node_modules/a': { dev: true, optionalDependencies }, 'node_modules/@a/b-linux-x64-gnu': held },
    });
    expect(packages['node_modules/@a/b-linux-arm64-musl']).toEqual({
      version: '1.2.3',
      cpu: ['arm64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
    expect(packages['node_modules/@a/b-win32-x64-msvc']).not.toHaveProperty('libc');
    expect(packages['node_modules/@a/b-linux-x64-gnu']).toEqual(held);
    expect(packages['node_modules/@a/b-windows-64']).toMatchObject({ os: ['win32'], cpu: ['x64'] });
  });

  test('is not completed by guessing', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { fsevents: '~2.3.2' } } };
    expect(() => completed({ packages })).toThrow('fsevents@~2.3.2');
  });
});

test('docs/runtimes.md names the versions that the tests run', () => {
  const guide = readFileSync(join(root, 'docs/runtimes.md'), 'utf8');
  const rowOf = (name: string): string => guide.split('\n').find((line) => line.startsWith(`| ${name}`)) ?? '';
  const versionOf = (fixture: string, name: string): string => {
    const { packages }: Lockfile = JSON.parse(readFileSync(join(root, fixture, 'package-lock.json'), 'utf8'));
    const [major, minor] = packages[`node_modules/${name}`]?.version?.split('.') ?? [];
    return `${major}.${minor}`;
  };
  const runtimes = 'test/package/runtimes';
  const nodes = [
    versionOf(runtimes, 'node22-linux-x64'),
    versionOf('.', 'node'),
    versionOf(runtimes, 'node26-linux-x64'),
  ];
  expect(rowOf('Node')).toContain(nodes.join(', '));
  expect(rowOf('Deno')).toContain(versionOf(runtimes, 'deno'));
  expect(rowOf('Bun')).toContain(versionOf(runtimes, 'bun'));
  expect(rowOf('Next.js')).toContain(versionOf('test/package/next-app', 'next'));
});
