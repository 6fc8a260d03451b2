import { SwitchoverError } from './error.ts';
import { type Host, parseHost } from './host.ts';
import type { HostList, HostSpec } from './hostList.ts';
import { rankByAffinity } from './rendezvous.ts';
import { urlOn } from './target.ts';

/** A host of the pool, with what its owner said of it. */
export interface HostConfig extends Host {
  readonly tier: 'active' | 'standby';
  /** Share of clients among its tier, for M+N. */
  readonly weight: number;
  readonly zone: string | null;
  /** The URL where this host is probed; null for the pool's path. */
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
  const plain = Array.isArray(list);
  const given = (plain ? { active: list.slice(0, 1), standby: list.slice(1) } : { ...list }) as Record<string, unknown>;
  refuseUnknown(given, ['active', 'standby']);
  const read = (tier: 'active' | 'standby'): HostConfig[] => {
    const entries = given[tier] ?? [];
    if (!Array.isArray(entries)) throw invalid(`hosts.${tier} is no list`, 'Give a list of hosts.');
    return entries.map((entry) => readHost(entry, tier, allowInsecure));
  };
  const active = read('active');
  if (active.length === 0) {
    throw new SwitchoverError('NO_HOSTS', 'No active host is listed.', { remedy: 'Give at least one active host.' });
  }
  const hosts = [...active, ...read('standby')];
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

function readHost(entry: unknown, tier: HostConfig['tier'], allowInsecure: boolean): HostConfig {
  const spec: Partial<HostSpec> = typeof entry === 'object' ? { ...entry } : { url: String(entry) };
  refuseUnknown(spec, ['url', 'weight', 'zone', 'health']);
  const { url, weight, zone, health } = spec;
  const host = parseHost(textOf(url), allowInsecure);
  const config = {
    ...host,
    tier,
    weight: weight ?? 1,
    zone: zone ?? null,
    health: readHealth(host, health, allowInsecure),
  };
  if (typeof config.weight !== 'number' || !(config.weight >= 0 && config.weight < Infinity)) {
    throw invalid(`The weight of ${host.origin} is no share`, 'Give a number of at least 0.');
  }
  if (typeof (zone ?? '') !== 'string') throw invalid(`The zone of ${host.origin} is no text`, 'Give its name.');
  return config;
}

/** A probe tells of its host, so it stays on that host, whatever its port. */
function readHealth(host: Host, health: unknown, allowInsecure: boolean): string | null {
  if (health === undefined || health === null) return null;
  const text = textOf(health);
  const [, site, path = ''] = /^(https?:\/\/[^/?#]*)(.*)$/is.exec(text) ?? [];
  if (site === undefined && text.startsWith('/')) return urlOn(host, text);
  if (site === undefined || parseHost(site, allowInsecure).hostname !== host.hostname) {
    throw invalid(
      `${host.origin} can't be probed at ${text.slice(0, 99)}`,
      'Give a path, or a URL with the same host name.',
    );
  }
  return site + path;
}

/** Lists come from documents, too: what is no text may have none to show. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A misspelt `standby` would lose all of them without a word. */
function refuseUnknown(given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`hosts can't have ${unknown}`, `Use ${known.join(', ')}.`);
}

function invalid(complaint: string, remedy: string): SwitchoverError {
  return new SwitchoverError('INVALID_OPTION', `${complaint}.`, { remedy });
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
