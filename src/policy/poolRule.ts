import type { Env, HostRecord } from './health.ts';
import type { HealthPolicy } from './healthPolicy.ts';
import type { Hints } from './hints.ts';
import type { AttemptEnd, Outcome } from './outcome.ts';
import type { PolicyOptions, PolicySections } from './policyOptions.ts';
import type { PoolEvent } from './poolEvent.ts';
import type { PoolState } from './poolState.ts';

/** What one event makes of a pool. */
export type Apply = (state: PoolState, event: PoolEvent, policy: PoolPolicy, env: Env) => PoolState;

/**
 * A rule that not every pool has: data and pure functions around the machine's own. A pool without it is smaller, and
 * behaves as if nothing ever happened that the rule is about. Rules are made by this library: beside its options, what is in one is
 * nobody else's business, and may change.
 */
export interface PoolRule {
  /** The options that it brings, with their defaults. Without it they are unknown. */
  readonly defaults?: PolicyOptions;
  /** What an event makes of the pool, given what the machine and the rules before this one make of it. @internal */
  readonly around?: (inner: Apply) => Apply;
  /** False where this host is not to be probed now. @internal */
  readonly mayProbe?: (state: PoolState, host: HostRecord) => boolean;
  /** A host that is to get this request in place of the best one. @internal */
  readonly pick?: (state: PoolState, policy: HealthPolicy, nowMs: number) => HostRecord | undefined;
  /**
   * What becomes of an attempt whose time is over, where another host could take its request, or none, of so many. Without it: it is
   * given up for that host, else it has the rest of the total. @internal
   */
  readonly grace?: (rival: HostRecord | undefined, hosts: number, restMs: number, nowMs: number) => Grace;
  /** What a server says of itself in its response headers. @internal */
  readonly readHints?: (header: (name: string) => string | null) => Hints;
  /** How long a `Retry-After` header asks to wait, in milliseconds; null where it says nothing. @internal */
  readonly readRetryAfter?: (value: string | null, nowWallMs: number) => number | null;
  /** What an attempt's end means, where the rule knows better. @internal */
  readonly judge?: (end: AttemptEnd, state: PoolState, policy: HealthPolicy, nowMs: number) => Outcome | null;
}

/** What becomes of an attempt whose time is over. */
export interface Grace {
  /** How much longer it may take, in milliseconds; 0 ends it. */
  readonly moreMs: number;
  /** The host that is to be asked meanwhile whether it is alive (event `ask`); null for none. */
  readonly ask: string | null;
}

/** What the machine is configured with. The order of hosts is already this client's own. */
export interface PoolPolicy extends PolicySections {
  /** The machine's own rules, with all others around them. */
  readonly apply: Apply;
  readonly rules: readonly PoolRule[];
}

/** What the first of the rules that has such a function has. */
export const ruleOf = <Name extends keyof PoolRule>(
  rules: readonly PoolRule[],
  name: Name,
): PoolRule[Name] | undefined => rules.find((rule) => rule[name] !== undefined)?.[name];
