import { SIGN_OF_LIFE } from '../defaults.ts';
import type { HostRecord, SignOfLife } from '../health.ts';
import type { ProbeVerdict } from '../poolEvent.ts';
import type { Grace, PoolRule } from '../poolRule.ts';
import { change } from '../poolState.ts';

/**
 * A late request moves to another host only when that has shown that it is alive: it is asked by a probe, and meanwhile the attempt
 * goes on.
 *
 * A time-out has cost its server all the work that an answer would have. Where what the hosts share stands still, a database, say, a
 * request that is sent on is done twice, and the queues that both hosts then have make the next one late, too. A host that is there
 * answers within a moment, so a request whose own host is gone waits no longer than that.
 */
export const signsOfLife: PoolRule = {
  grace: (rival, hosts, restMs, nowMs) => {
    if (restMs <= 0 || (rival !== undefined && isKnown(rival, nowMs))) return OVER;
    // A lone host has the rest of the time, and nobody to look for.
    return { moreMs: hosts < 2 ? restMs : Math.min(SIGN_OF_LIFE.lookAgainMs, restMs), ask: rival?.origin ?? null };
  },
  around: (inner) => (state, event, policy, env) => {
    const next = inner(state, event, policy, env);
    switch (event.kind) {
      case 'ask':
        return change(next, event.origin, (host) => asked(host, env.nowMs));
      case 'probing':
        return policy.probe.always ? next : change(next, event.origin, unplanned);
      case 'probe':
        return change(next, event.origin, (host) => heard(host, event.verdict, policy.probe.timeoutMs, env.nowMs));
      default:
        return next;
    }
  },
};

const OVER: Grace = { moreMs: 0, ask: null };

const freshSign = ({ sign }: HostRecord, nowMs: number): SignOfLife | null =>
  sign !== undefined && sign.untilMs > nowMs ? sign : null;

/** One that is held back was proven by probes, and one that stands by has no work to do. */
const isKnown = (host: HostRecord, nowMs: number): boolean =>
  host.health.kind !== 'up' || freshSign(host, nowMs)?.heard === true;

/** Has it probed at once, unless it was asked a short while ago. */
function asked(host: HostRecord, nowMs: number): HostRecord {
  const { health } = host;
  if (health.kind !== 'up' || freshSign(host, nowMs) !== null) return host;
  const sign = { untilMs: nowMs + SIGN_OF_LIFE.goodForMs, heard: null };
  return { ...host, health: { ...health, probeAtMs: nowMs }, sign };
}

/** A host in service is asked once, not from time to time. */
function unplanned(host: HostRecord): HostRecord {
  if (host.health.kind !== 'up') return host;
  const { probeAtMs, ...health } = host.health;
  return { ...host, health };
}

/** Whatever comes in time is a sign of life: an error, or a refusal, which will cost a request nothing either. */
function heard(host: HostRecord, verdict: ProbeVerdict, timeoutMs: number, nowMs: number): HostRecord {
  const { sign } = host;
  if (sign?.heard !== null) return host;
  const tookMs = nowMs - sign.untilMs + SIGN_OF_LIFE.goodForMs;
  const isTimeout = verdict.kind === 'bad' && verdict.silent === true && tookMs >= timeoutMs;
  return { ...host, sign: { ...sign, heard: !isTimeout } };
}
