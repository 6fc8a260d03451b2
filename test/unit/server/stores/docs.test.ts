import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STORE_LIMITS } from '../../../../src/server/stores/limits.ts';
import { SQLITE_DEFAULTS } from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';

test('docs/stores.md gives the limits of the code', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/stores.md'), 'utf8');
  const rows = page.matchAll(/^\| `([\w.]+)` \| ([\d,]+) \|/gm);
  const told = Object.fromEntries([...rows].map(([, name, value]) => [name, Number(value?.replaceAll(',', ''))]));
  const groups = Object.entries(STORE_LIMITS).flatMap(([group, limits]) =>
    Object.entries(limits).map(([name, value]) => [`${group}.${name}`, value]),
  );
  expect(told).toEqual({ ...Object.fromEntries(groups), ...SQLITE_DEFAULTS });
});
