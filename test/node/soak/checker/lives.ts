import type { ClientLine } from '../records.ts';

/** One life of a client, from its start to its end or to the kill. */
export interface Life {
  readonly number: number;
  readonly lines: readonly ClientLine[];
  readonly startUs: number;
  readonly ended: 'stopped' | 'killed';
  /** How the life before ended; `none` for the first. */
  readonly before: 'none' | 'stopped' | 'killed';
}

export function livesOf(lines: readonly ClientLine[]): readonly Life[] {
  const starts = lines.flatMap((line, at) => (line.kind === 'start' ? [{ line, at }] : []));
  const lives: Life[] = [];
  for (const [index, { line, at }] of starts.entries()) {
    const own = lines.slice(at, starts[index + 1]?.at);
    const ended = own.at(-1)?.kind === 'stopped' ? 'stopped' : 'killed';
    const before = lives.at(-1)?.ended ?? 'none';
    lives.push({ number: line.life, lines: own, startUs: line.us, ended, before });
  }
  return lives;
}
