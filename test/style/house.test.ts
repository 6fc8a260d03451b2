import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LONGER, PORT_FILES, PROGRAMS } from './checker/house.ts';
import { check, show } from './checker/index.ts';

const root = join(import.meta.dirname, '../..');
const files = globSync('{src,test,bench,examples,scripts}/**/*.{ts,mts,tsx,mjs}', {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**'],
}).map((path) => path.replaceAll('\\', '/'));

describe('the house', () => {
  test('has files to look at', () => {
    expect(files.filter((path) => path.startsWith('src/')).length).toBeGreaterThan(3);
  });

  test('keeps its floors, its bans, its lengths and its words', () => {
    const findings = files.flatMap((path) => check(path, readFileSync(join(root, path), 'utf8')));
    expect(findings.map(show)).toEqual([]);
  });

  test('makes exceptions only for files that are there', () => {
    const named = [...PORT_FILES, ...PROGRAMS, ...Object.keys(LONGER).map((key) => key.replace(/#.*/, ''))];
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
  });
});
