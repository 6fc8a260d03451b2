import { invalidOption } from '../policy/fill.ts';

/** True for an object that has all of these methods. */
export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/** @throws SwitchoverError `INVALID_OPTION` for anything but an object that has all of these methods. */
export function requireMethods(option: string, value: unknown, methods: readonly string[], wanted: string): void {
  if (hasMethods(value, methods)) return;
  throw invalidOption(`${option} has not got ${methods.join(', ')}`, `Give ${wanted}, as its package exports it.`);
}
