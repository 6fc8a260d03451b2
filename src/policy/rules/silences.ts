import { isBodyFault } from '../outcome.ts';
import type { PoolEvent } from '../poolEvent.ts';
import type { PoolRule } from '../poolRule.ts';
import { change, recordOf } from '../poolState.ts';

/** Notes since when a host has given no answer at all: {@link localFaults} and {@link serverHints} go by it. */
export const silences: PoolRule = {
  around: (inner) => (state, event, policy, env) => {
    const next = inner(state, event, policy, env);
    if (event.kind !== 'attempt' && event.kind !== 'probe') return next;
    const since = sinceOf(event, env.nowMs);
    if (since === undefined) return next;
    const before = recordOf(state, event.origin);
    if (before === undefined) return next;
    // What began before the host came into service tells of the time before.
    const isFault = event.kind === 'attempt' && /^(host|app)-fault$/.test(event.outcome.kind);
    if (isFault && 'sinceMs' in before.health && event.startedMs < before.health.sinceMs) return next;
    const silentSinceMs = since === null ? null : (before.silentSinceMs ?? since);
    return before.silentSinceMs === silentSinceMs
      ? next
      : change(next, event.origin, (host) => ({ ...host, silentSinceMs }));
  },
};

/** When the silence began that this event tells of; null for an answer, undefined where it says neither. */
function sinceOf(event: Extract<PoolEvent, { kind: 'attempt' | 'probe' }>, nowMs: number): number | null | undefined {
  if (event.kind === 'probe') {
    const { verdict } = event;
    if (verdict.kind !== 'bad') return null;
    return verdict.silent ? nowMs : undefined;
  }
  const { outcome } = event;
  if (outcome.kind === 'local-fault') return undefined;
  if (outcome.kind !== 'host-fault') return null;
  if (!outcome.answered) return event.startedMs;
  // The head of a broken body came too long ago to speak against a silence.
  return isBodyFault(outcome.cause) ? undefined : null;
}
