import { type HostRecord, hasFreshSign } from '../health.ts';
import type { ProbeVerdict } from '../poolEvent.ts';
import type { PoolRule } from '../poolRule.ts';
import { change } from '../poolState.ts';

/**
 * After a time-out a request goes on to a host that nobody has heard of only when that has shown that it is alive: it is asked by a probe,
 * and the attempt that is late goes on meanwhile.
 *
 * A time-out has cost its server all the work that an answer would have. Where what the hosts share stands still, a database, say, each
 * request that is sent on costs the next one the same, and the queues that both then have keep the overload alive: two hosts that stood
 * still for 10 s at four fifths of what one of them can do took 28 s to recover, and so asked 9. A host that is there answers within
 * a moment, so a request whose host is gone loses no more than that.
 */
export const signsOfLife: PoolRule = {
  // One that is held back was proven by probes, and one that stands by has no work to do.
  vouches: (host, nowMs) => host.health.kind !== 'up' || (hasFreshSign(host, nowMs) && host.sign.heard === true),
  around: (inner) => (state, event, policy, env) => {
    switch (event.kind) {
      case 'ask':
        return change(inner(state, event, policy, env), event.origin, (host) => asked(host, env.nowMs));
      case 'probing':
        return change(inner(state, event, policy, env), event.origin, (host) =>
          policy.probe.always ? host : unplanned(host),
        );
      case 'probe':
        return change(inner(state, event, policy, env), event.origin, (host) =>
          heard(host, event.verdict, policy.probe.timeoutMs, env.nowMs),
        );
      default:
        return inner(state, event, policy, env);
    }
  },
};

/** Has it probed at once, unless it was asked a short while ago. */
function asked(host: HostRecord, nowMs: number): HostRecord {
  const { health } = host;
  if (health.kind !== 'up' || hasFreshSign(host, nowMs)) return host;
  return { ...host, health: { ...health, probeAtMs: nowMs }, sign: { askedAtMs: nowMs, heard: null } };
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
  const isTimeout = verdict.kind === 'bad' && verdict.silent === true && nowMs - sign.askedAtMs >= timeoutMs;
  return { ...host, sign: { ...sign, heard: !isTimeout } };
}
