import type { Namespace } from '../../../test/rig/namespace.ts';
import type { Fault } from './round.ts';

/** @param namespace Where the first hosts live; without one nothing can vanish. */
export function faultsIn(namespace: Namespace | undefined): readonly Fault[] {
  const kill: Fault = {
    name: 'kill',
    alone: true,
    strike: ({ first }) => first.kill(),
    heal: ({ first }) => first.restart(),
  };
  const freeze: Fault = {
    name: 'freeze',
    alone: false,
    strike: ({ first }) => first.freeze(),
    heal: ({ first }) => first.thaw(),
  };
  if (namespace === undefined) return [kill, freeze];
  const blackHole: Fault = {
    name: 'black hole',
    alone: false,
    strike: () => namespace.blackhole(),
    heal: () => namespace.heal(),
  };
  return [kill, freeze, blackHole];
}
