import { isUsable } from '../../../policy/health.ts';
import { ruleOf } from '../../../policy/poolRule.ts';
import { candidates, firstCandidate } from '../../../policy/selection.ts';
import { NOWHERE, type SessionWorld } from './sessionWorld.ts';

/** What keeps a client away from hosts, by their numbers. */
export interface Aversions {
  /** Hosts that it has a connection to, open or on its way. */
  readonly busy: readonly number[];
  /** The host that fell silent under it: to be tried last, whatever its probes say. */
  readonly silent: number;
  /** The host that sent it away: another that is well comes before it. */
  readonly refusing: number;
}

/** Where a client's next connection goes: its pool's choice, but to a second host where it is on one. */
export function chooseHost(world: SessionWorld, client: number, { busy, silent, refusing }: Aversions): number {
  const first = bestHost(world, client);
  const avoid = [...busy, silent];
  if (first === refusing && first !== NOWHERE) return anotherHost(world, client, [...avoid, first], busy) ?? first;
  if (!avoid.includes(first)) return first;
  const state = world.pools.stateOf(client);
  const hosts = candidates(state, world.nowMs).map(({ origin }) => world.hostAt(origin));
  return hosts.find((host) => !avoid.includes(host)) ?? first;
}

/** A host that is well and was not tried: the move there is free, since the wait before the first has spread the clients already. */
export function anotherHost(
  world: SessionWorld,
  client: number,
  tried: readonly number[],
  busy: readonly number[],
): number | undefined {
  const { nowMs, pools } = world;
  return candidates(pools.stateOf(client), nowMs)
    .filter(({ health, busyUntilMs }) => isUsable(health) && busyUntilMs <= nowMs)
    .map(({ origin }) => world.hostAt(origin))
    .find((host) => !tried.includes(host) && !busy.includes(host));
}

function bestHost(world: SessionWorld, client: number): number {
  const { nowMs, policy } = world;
  const state = world.pools.stateOf(client);
  const picked = ruleOf(policy.rules, 'pick')?.(state, policy, nowMs);
  if (picked !== undefined) world.dispatch(client, { kind: 'trial', origin: picked.origin });
  return world.hostAt(picked?.origin ?? firstCandidate(state, nowMs)?.origin ?? '');
}
