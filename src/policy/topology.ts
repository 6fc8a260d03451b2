import { invalidOption, refuseUnknown } from './fill.ts';
import { type Host, parseHost } from './host.ts';
import type { HostConfig, Topology } from './hostConfig.ts';
import type { HostList, HostSpec } from './hostList.ts';
import { noHosts, refuseDuplicates } from './plainHosts.ts';
import { rankByAffinity } from './rendezvous.ts';
import { urlOn } from './target.ts';

export type { HostConfig, Topology } from './hostConfig.ts';

/**
 * Reads a list of hosts as its owner wrote it: M+N, weights, zones and health URLs, too. For `readHosts`; without it a pool takes plain texts.
 *
 * @param allowInsecure Accept `http` to hosts that are not local.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`.
 */
export function readTopology(list: HostList, allowInsecure: boolean): Topology {
  const plain = Array.isArray(list);
  const given = (plain ? { active: list.slice(0, 1), standby: list.slice(1) } : { ...list }) as Record<string, unknown>;
  // A misspelt `standby` would lose all of them without a word.
  refuseUnknown(given, ['active', 'standby'], 'hosts.');
  const read = (tier: 'active' | 'standby'): HostConfig[] => {
    const entries = given[tier] ?? [];
    if (!Array.isArray(entries)) throw invalidOption(`hosts.${tier} is no list`, 'Give a list of hosts.');
    return entries.map((entry) => readHost(entry, tier, allowInsecure));
  };
  const active = read('active');
  if (active.length === 0) throw noHosts();
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
  refuseUnknown(spec, ['url', 'weight', 'zone', 'health'], 'hosts.');
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
    throw invalidOption(`The weight of ${host.origin} is no share`, 'Give a number of at least 0.');
  }
  if (typeof (zone ?? '') !== 'string') throw invalidOption(`The zone of ${host.origin} is no text`, 'Give its name.');
  return config;
}

/** A probe tells of its host, so it stays on that host, whatever its port. */
function readHealth(host: Host, health: unknown, allowInsecure: boolean): string | null {
  if (health === undefined || health === null) return null;
  const text = textOf(health);
  const [, site, path = ''] = /^(https?:\/\/[^/?#]*)(.*)$/is.exec(text) ?? [];
  if (site === undefined && text.startsWith('/')) return urlOn(host, text);
  if (site === undefined || parseHost(site, allowInsecure).hostname !== host.hostname) {
    throw invalidOption(
      `${host.origin} can't be probed at ${text.slice(0, 99)}`,
      'Give a path, or a URL with the same host name.',
    );
  }
  return site + path;
}

/** Lists come from documents, too: what is no text may have none to show. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
