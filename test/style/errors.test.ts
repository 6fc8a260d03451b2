import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes, errorRows } from './checker/errorCodes.ts';

const root = join(import.meta.dirname, '../..');
const codes = errorCodes();
const rows = errorRows();

describe('docs/errors.md', () => {
  test('has a row for every code, and for nothing else', () => {
    expect(codes.length).toBeGreaterThan(40);
    expect(rows.map(({ code }) => code).sort()).toEqual(codes.map(({ code }) => code).sort());
  });

  test('says of each what its doc comment says', () => {
    const meanings = Object.fromEntries(codes.map(({ code, meaning }) => [code, meaning]));
    expect(Object.fromEntries(rows.map(({ code, meaning }) => [code, meaning]))).toEqual(meanings);
  });

  test('says what to do, and where it comes from', () => {
    expect(rows.filter(({ remedy, where }) => remedy.length < 10 || where.length < 10)).toEqual([]);
  });
});

test('every code is that of an error that is made somewhere', () => {
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((path) => !path.endsWith('policy/error.ts'));
  const text = sources.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  expect(codes.filter(({ code }) => !text.includes(`'${code}'`))).toEqual([]);
});
