import type { HostSpec } from '../policy/hostList.ts';
import type { Random } from '../runtime/ports.ts';

/** What one service record says (RFC 2782); `port` and `name` are those of the server. */
export interface SrvRecord {
  /** Name of the server; `.` says that there is no such service. */
  readonly name: string;
  /** Its port. */
  readonly port: number;
  /** Lower ones first: others only serve when all of these are down. */
  readonly priority: number;
  /** Share of the clients among the records of its priority. */
  readonly weight: number;
}

/** A record whose server was turned into an origin. */
export interface SrvTarget {
  readonly url: string;
  readonly priority: number;
  readonly weight: number;
}

/**
 * What a weight of 0 counts beside greater ones: by RFC 2782 its record has "a very small chance". Where all are 0, they
 * are equal.
 */
const WEIGHT_OF_ZERO = 0.01;

/** Servers named more than once are one: at the best of their priorities, with the sum of their weights there. */
export function foldTargets(targets: readonly SrvTarget[]): readonly SrvTarget[] {
  const folded = new Map<string, SrvTarget>();
  for (const target of targets) {
    const known = folded.get(target.url);
    if (known === undefined || target.priority < known.priority) folded.set(target.url, target);
    else if (target.priority === known.priority) {
      folded.set(target.url, { ...known, weight: known.weight + target.weight });
    }
  }
  return [...folded.values()];
}

/** Orders servers again and again, for one client. */
export type SrvOrder = (targets: readonly SrvTarget[]) => {
  readonly active: readonly HostSpec[];
  readonly standby: readonly HostSpec[];
};

/**
 * The order of RFC 2782: by priority, and at random by weight within one. The lowest priority's servers are active, the
 * others stand by.
 *
 * The RFC draws anew for each look. Here each server keeps its draw for as long as it is listed, so that a look that
 * finds nothing new moves nobody: with `u` uniform, the order of `-ln(u) / weight` is the RFC's, whenever it is drawn.
 */
export function srvOrder(random: Random): SrvOrder {
  let draws = new Map<string, number>();
  return (targets) => {
    // 1 - u, as a draw may be 0.
    draws = new Map(targets.map(({ url }) => [url, draws.get(url) ?? -Math.log(1 - random())]));
    const priorities = [...new Set(targets.map(({ priority }) => priority))].sort((a, b) => a - b);
    const [active = [], ...standby] = priorities.map((priority) =>
      shuffle(
        targets.filter((target) => target.priority === priority),
        draws,
      ),
    );
    return { active, standby: standby.flat() };
  };
}

function shuffle(group: readonly SrvTarget[], draws: ReadonlyMap<string, number>): HostSpec[] {
  const equal = group.every(({ weight }) => weight === 0);
  const share = (weight: number) => (equal ? 1 : weight || WEIGHT_OF_ZERO);
  const place = ({ url, weight }: SrvTarget) => (draws.get(url) ?? 0) / share(weight);
  return [...group].sort((a, b) => place(a) - place(b)).map(({ url, weight }) => ({ url, weight: share(weight) }));
}
