import { ACCEPTING } from './accepting.ts';
import { ATTACHING } from './attaching.ts';
import type { StoreCheck } from './harness.ts';
import { KEEPING } from './keeping.ts';
import { LEASING } from './leasing.ts';
import { LOGGING } from './logging.ts';

/**
 * The rules that every session store keeps, each as a check for any test runner: `for (const { name, run } of storeChecks) test(name,
 * () => run(makeStore))`. A store whose time can't be moved by a test really waits; the longest check then takes four seconds.
 */
export const storeChecks: readonly StoreCheck[] = [...ATTACHING, ...LOGGING, ...ACCEPTING, ...KEEPING, ...LEASING];
