import type { Outcome } from '../../policy/outcome.ts';

/**
 * What the head of an answer means for an event stream. `elsewhere`: this host can't give it now. `unauthorized`: once more,
 * with fresh headers. `ended` and `refused` are for good.
 */
export type Verdict = 'open' | 'elsewhere' | 'unauthorized' | 'ended' | 'refused';

/**
 * Judges an answer. The HTML standard ends a stream for good on everything but a 200 of the right type; here that is left to
 * what speaks of this client: a 204, and any 3xx and 4xx that is no matter of time or place. A page of HTML in place of a stream
 * comes from what stands in between, so another host may well have one (Yaffle/EventSource#88).
 */
export function judge(status: number, contentType: string | null, outcome: Outcome): Verdict {
  if (outcome.kind !== 'ok' || status === 408 || status === 421 || status === 425) return 'elsewhere';
  if (status === 200) return /^text\/event-stream\s*(;|$)/i.test(contentType ?? '') ? 'open' : 'elsewhere';
  if (status === 401) return 'unauthorized';
  return status === 204 ? 'ended' : 'refused';
}
