import { SwitchoverError } from './error.ts';
import { type Host, parseHost } from './host.ts';
import type { HostList, HostSpec } from './hostList.ts';
import { rankByAffinity } from './rendezvous.ts';

/** A host of the pool, with what its owner said of it. */
export interface HostConfig extends Host {
  readonly tier: 'active' | 'standby';
  /** Share of clients among its tier, for M+N. */
  readonly weight: number;
  readonly zone: string | null;
  /** Where this host is probed: an absolute URL or a path; null for the pool's default. */
  readonly health: string | null;
}

/**
 * Who serves, and who waits. `priority`: one order for everybody. `affinity`: M active hosts share the clients,
 * N standbys wait.
 */
export interface Topology {
  readonly kind: 'priority' | 'affinity';
  readonly hosts: readonly HostConfig[];
}

/**
 * Reads a list of hosts as its owner wrote it.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`.
 */
export function readTopology(list: HostList, allowInsecure: boolean): Topology {
  if (typeof list !== 'object' || list === null) throw noHosts();
  const plain = !('active' in list);
  const hosts = plain
    ? list.map((entry, at) => readHost(entry, at === 0 ? 'active' : 'standby', allowInsecure))
    : [
        ...list.active.map((entry) => readHost(entry, 'active', allowInsecure)),
        ...(list.standby ?? []).map((entry) => readHost(entry, 'standby', allowInsecure)),
      ];
  if (hosts.length === 0 || hosts[0]?.tier !== 'active') {
    throw noHosts();
  }
  refuseDuplicates(hosts);
  return { kind: plain ? 'priority' : 'affinity', hosts };
}

/**
 * The order in which one client wants the hosts.
 *
 * With affinity: its own active host, the standbys, then the other actives. So when an active host fails, its
 * clients spread evenly over the standbys, which wait for just that, and nobody else moves.
 */
export function rankHosts(topology: Topology, clientKey: string, zone: string | null): readonly string[] {
  if (topology.kind === 'priority') return topology.hosts.map((host) => host.origin);
  const [own, ...others] = rankTier(topology, 'active', clientKey, zone);
  const standbys = rankTier(topology, 'standby', clientKey, zone);
  return own === undefined ? standbys : [own, ...standbys, ...others];
}

function rankTier(topology: Topology, tier: HostConfig['tier'], clientKey: string, zone: string | null): string[] {
  const members = topology.hosts.filter((host) => host.tier === tier);
  const near = members.filter((host) => zone !== null && host.zone === zone);
  const far = members.filter((host) => !near.includes(host));
  const rank = (hosts: readonly HostConfig[]) =>
    rankByAffinity(
      clientKey,
      hosts.map(({ origin, weight }) => ({ id: origin, weight })),
    );
  return [...rank(near), ...rank(far)];
}

function noHosts(): SwitchoverError {
  return new SwitchoverError('NO_HOSTS', 'The list of hosts is empty.', { remedy: 'Give at least one active host.' });
}

function readHost(entry: string | HostSpec, tier: HostConfig['tier'], allowInsecure: boolean): HostConfig {
  const spec = typeof entry === 'string' ? { url: entry } : entry;
  const weight = spec.weight ?? 1;
  if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
    throw new SwitchoverError('INVALID_OPTION', `The weight of ${spec.url} is ${weight}.`, {
      remedy: 'Give a number of at least 0.',
    });
  }
  const host = parseHost(spec.url, allowInsecure);
  return { ...host, tier, weight, zone: spec.zone ?? null, health: spec.health ?? null };
}

function refuseDuplicates(hosts: readonly HostConfig[]): void {
  const seen = new Set<string>();
  for (const { origin } of hosts) {
    if (seen.has(origin)) {
      throw new SwitchoverError('DUPLICATE_HOST', `${origin} is listed twice.`, { remedy: 'List each origin once.' });
    }
    seen.add(origin);
  }
}
