import type { Random } from '../runtime/ports.ts';
import { requireMethods } from './checks.ts';

/** What is used of a source of random numbers: `expo-crypto`, `react-native-quick-crypto`, or a global `crypto`. */
export interface RandomSourceLike {
  /** Fills an array with random numbers, and returns it. */
  getRandomValues(array: Uint32Array<ArrayBuffer>): ArrayLike<number>;
}

/**
 * Random numbers in [0, 1) from the platform's own source. Without one, `Math.random` spreads clients and names requests
 * well enough: nothing here is a secret.
 *
 * @throws SwitchoverError `INVALID_OPTION` for what has no `getRandomValues`.
 */
export function cryptoRandom(crypto: RandomSourceLike): Random {
  requireMethods('crypto', crypto, ['getRandomValues'], 'expo-crypto, react-native-quick-crypto or a global crypto');
  return () => Number(crypto.getRandomValues(new Uint32Array(1))[0]) / 2 ** 32;
}
