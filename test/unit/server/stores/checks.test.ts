import { describe, expect, test } from 'vitest';
import { storeChecks } from '../../../../src/server/conformance/storeChecks.ts';
import { BROKEN } from './brokenStores.ts';

describe('the checks find a store that', () => {
  test.each(BROKEN)('%s', async (_, found, store) => {
    const [check, ...others] = storeChecks.filter(({ name }) => found.test(name));
    expect(others, 'the expression means one check').toEqual([]);
    await expect(check?.run(store)).rejects.toThrow(/./);
  });
});

test('each check has found a broken store', () => {
  const idle = storeChecks.filter(({ name }) => !BROKEN.some(([, found]) => found.test(name)));
  expect(idle.map(({ name }) => name)).toEqual([]);
});
