import { describe, test } from 'vitest';
import { storeChecks } from '../../../../src/server/conformance/storeChecks.ts';
import { memoryUnderTest } from './memoryUnderTest.ts';

describe('a session store in memory', () => {
  for (const { name, run } of storeChecks) test(name, () => run(memoryUnderTest));
});
