import { invalidOption } from '../../policy/fill.ts';

/** An object of a scenario file, as it stands there. */
export type Fields = Readonly<Record<string, unknown>>;

/** Longest run: what is counted is counted by the second. */
export const LONGEST_MS = 86_400_000;

/** What a number may be. */
interface Range {
  readonly preset?: number;
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** A number, or its preset where it is left out. */
export function number(fields: Fields, name: string, range: Range, where = 'scenario'): number {
  const { preset, least = 0, most = Number.MAX_SAFE_INTEGER, whole = false } = range;
  const value = fields[name] ?? preset;
  const fits = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (fits) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const end = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw invalidOption(`${where}.${name} can't be ${JSON.stringify(value)}`, `Give ${kind} ${end}.`);
}

export function text(fields: Fields, name: string, preset: string): string {
  const value = fields[name] ?? preset;
  if (typeof value === 'string') return value;
  throw invalidOption(`scenario.${name} can't be ${JSON.stringify(value)}`, 'Give a text.');
}

export function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw invalidOption(`${name} is no list`, 'Give a list in square brackets.');
}

export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalidOption(`${name} is no object`, 'Give names and values in curly brackets.');
}

/** From when until when. */
export function span(fields: Fields, where: string): { fromMs: number; untilMs: number } {
  const fromMs = number(fields, 'fromMs', { most: LONGEST_MS }, where);
  const untilMs = number(fields, 'untilMs', { most: LONGEST_MS }, where);
  if (untilMs <= fromMs) throw invalidOption(`${where} ends before it begins`, 'Make untilMs greater than fromMs.');
  return { fromMs, untilMs };
}
