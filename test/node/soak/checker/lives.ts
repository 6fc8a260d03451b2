import type { ClientLine } from '../records.ts';

/** One life of a client, from its start to its end or to the kill. */
export interface Life {
  readonly number: number;
  readonly lines: readonly ClientLine[];
  readonly startUs: number;
  /** Infinity for the last one. */
  readonly endUs: number;
  readonly ended: 'stopped' | 'killed';
  /** How the life before ended; `none` for the first. */
  readonly before: 'none' | 'stopped' | 'killed';
}

export function livesOf(lines: readonly ClientLine[]): readonly Life[] {
  const starts = lines.flatMap((line, at) => (line.kind === 'start' ? [{ line, at }] : []));
  const lives: Life[] = [];
  for (const [index, { line, at }] of starts.entries()) {
    const next = starts[index + 1];
    const own = lines.slice(at, next?.at);
    const ended = own.at(-1)?.kind === 'stopped' ? 'stopped' : 'killed';
    const before = lives.at(-1)?.ended ?? 'none';
    lives.push({
      number: line.life,
      lines: own,
      startUs: line.us,
      endUs: next?.line.us ?? Number.POSITIVE_INFINITY,
      ended,
      before,
    });
  }
  return lives;
}

/**
 * Until when, before `us`, a client had sessions in memory alone, since its store failed and did not work again in that life: such a
 * life is told of the failure, and what it knew may end with it. -Infinity where that never was.
 */
export function forgotAt(lives: readonly Life[], us: number): number {
  const inMemory = lives.filter(({ lines }) => {
    const last = lines.filter((line) => line.kind === 'storage' && line.us < us).at(-1);
    return last?.kind === 'storage' && !last.works;
  });
  const failed = inMemory.at(-1);
  return failed === undefined ? Number.NEGATIVE_INFINITY : Math.min(failed.endUs, us);
}
