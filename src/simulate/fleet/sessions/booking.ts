import { NO_HINTS } from '../../../policy/hints.ts';
import { type AttemptEnd, outcomeOf } from '../../../policy/outcome.ts';
import type { AttemptEvent } from '../../../policy/poolEvent.ts';
import { ruleOf } from '../../../policy/poolRule.ts';
import type { FleetWorld } from '../fleetWorld.ts';

/** The end of an attempt as a pool hears of it: what `HostPool.report` is to the product. */
export function attemptOf(
  { nowMs, origins, policy, pools }: Pick<FleetWorld, 'nowMs' | 'origins' | 'policy' | 'pools'>,
  client: number,
  host: number,
  end: AttemptEnd,
  startedMs: number,
): AttemptEvent {
  const state = pools.stateOf(client);
  const judged = ruleOf(policy.rules, 'judge')?.(end, state, policy, nowMs);
  const outcome = judged ?? outcomeOf(end, state.connectivity.kind === 'online');
  const hints = end.kind === 'response' ? end.hints : NO_HINTS;
  return { kind: 'attempt', origin: origins[host] as string, startedMs, outcome, hints };
}

/** An attempt that its client has given up, which says nothing of the host: what `HostPool.abandon` is. */
export const abandoned = (origin: string, startedMs: number): AttemptEvent => ({
  kind: 'attempt',
  origin,
  startedMs,
  outcome: { kind: 'local-fault', cause: 'aborted', processed: 'maybe' },
  hints: NO_HINTS,
});
