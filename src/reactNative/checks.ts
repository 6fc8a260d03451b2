import type { SwitchoverError } from '../policy/error.ts';
import { invalidOption } from '../policy/fill.ts';

/** True for an object that has all of these methods. */
export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/** @throws SwitchoverError `INVALID_OPTION` for anything but an object that has all of these methods. */
export function requireMethods(option: string, value: unknown, methods: readonly string[], wanted: string): void {
  if (!hasMethods(value, methods)) throw notThat(option, methods, wanted);
}

/** The error for an option that is not what it should be. */
export const notThat = (option: string, methods: readonly string[], wanted: string): SwitchoverError =>
  invalidOption(`${option} has not got ${methods.join(', ')}`, `Give ${wanted}, as its package exports it.`);
