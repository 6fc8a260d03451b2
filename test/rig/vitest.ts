import { afterAll, afterEach } from 'vitest';
import { createRig, type Rig } from './rig.ts';

/**
 * A rig for the tests of a file or of a `describe`: what they start is ended after each test (or, with `for: 'all'`,
 * after the last), whether it passed or failed.
 */
export function useRig(options: { readonly for?: 'each' | 'all' } = {}): Rig {
  const rig = createRig();
  if (options.for === 'all') afterAll(() => rig.close());
  else afterEach(() => rig.close());
  return rig;
}
