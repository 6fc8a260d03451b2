import { invalidOption } from '../policy/fill.ts';

/** What an option may be: its unit and its lowest value. */
export interface NumberRule {
  readonly least: number;
  readonly unit: string;
  readonly whole?: boolean;
}

/** A time, in milliseconds, above nothing. */
export const SOME_MS: NumberRule = { least: 1, unit: 'milliseconds' };

/** `value`, or `fallback` where there is none; refuses what is no such number. */
export function readNumber(name: string, value: number | undefined, fallback: number, rule: NumberRule): number {
  if (value === undefined) return fallback;
  // Timers of Node hold 31 bits; a longer one fires at once.
  const fits = typeof value === 'number' && value >= rule.least && value < 2 ** 31;
  if (fits && (rule.whole !== true || Number.isInteger(value))) return value;
  throw invalidOption(
    `${name} can't be ${String(value)}`,
    `Give a ${rule.whole === true ? 'whole ' : ''}number of ${rule.unit}, at least ${rule.least}, or leave it out.`,
  );
}
