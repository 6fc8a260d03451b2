import type { PeerDelay } from './peerPolicy.ts';

/**
 * How long a policy waits before a retry, in milliseconds; null where it gives up.
 *
 * @param step 0 for the first wait.
 * @param throttled True after an answer that asks to slow down.
 */
export function delayMs(delay: PeerDelay, step: number, throttled: boolean, random: () => number): number | null {
  const { steps, clamp, throttledBaseMs } = delay;
  if (steps.kind === 'list') {
    const { delaysMs, beyond } = steps;
    const listed = delaysMs[step] ?? (beyond === 'repeat' ? delaysMs.at(-1) : undefined);
    return listed === undefined ? null : jittered(delay, listed, random);
  }
  const { factor } = steps;
  const capMs = steps.capMs ?? Infinity;
  const baseMs = throttled ? (throttledBaseMs ?? steps.baseMs) : steps.baseMs;
  // 2^52 is past any cap that is one.
  const grownMs = baseMs * factor ** Math.min(step, 52);
  return clamp === 'before jitter'
    ? jittered(delay, Math.min(capMs, grownMs), random)
    : Math.min(capMs, jittered(delay, grownMs, random));
}

function jittered({ jitter }: PeerDelay, ms: number, random: () => number): number {
  if (jitter.kind === 'times') return ms * (jitter.from + (jitter.to - jitter.from) * random());
  return jitter.kind === 'plus' ? ms + jitter.mostMs * random() : ms;
}
