import { SwitchoverError } from './error.ts';

/** The error for an option that can't be meant. */
export const invalidOption = (complaint: string, remedy = 'See the documentation of the options.'): SwitchoverError =>
  new SwitchoverError('INVALID_OPTION', `${complaint}.`, { remedy });

/** Refuses an option that nobody would read: most likely a typing error. */
export function refuseUnknown(options: object, known: Iterable<string>, where = ''): void {
  const names = [...known];
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw invalidOption(`There is no option ${where}${unknown}`, `Use one of: ${names.join(', ')}.`);
}

/** Numbers that have an upper end. */
const MOST: Readonly<Record<string, number>> = { coolDownSpread: 1 };

/** Numbers that may not be 0: probes without a pause would be a loop. */
const LEAST: Readonly<Record<string, number>> = { periodMs: 1, inactivePeriodMs: 1 };

/** Texts that may not be just any. */
const CHOICES: Readonly<Record<string, RegExp>> = { proof: /^(probe|request)$/ };

/** Lays `given` over `defaults`; an unknown name, a wrong type or a negative number is refused. */
export function fill<T extends object>(name: string, defaults: T, given: Partial<T> | undefined): T {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  const known = Object.fromEntries(entries);
  refuseUnknown(known, Object.keys(defaults), `${name}.`);
  for (const [key, value] of entries) {
    const fits =
      typeof value === 'number'
        ? value >= (LEAST[key] ?? 0) && value <= (MOST[key] ?? Infinity)
        : CHOICES[key]?.test(String(value)) !== false;
    if (typeof value !== typeof defaults[key as keyof T] || !fits) {
      throw invalidOption(`${name}.${key} can't be ${String(value)}`);
    }
  }
  return { ...defaults, ...known };
}
