import { SwitchoverError } from './error.ts';
import { invalidOption } from './fill.ts';
import { parseHost } from './host.ts';
import type { Topology } from './hostConfig.ts';
import type { HostList } from './hostList.ts';

/** Reads a list of hosts as its owner wrote it. */
export type HostReader = (list: HostList, allowInsecure: boolean) => Topology;

/**
 * Reads the plainest list: origins, best first. What more can be said of hosts is {@link readTopology}'s to read.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`.
 */
export const readPlainHosts: HostReader = (list, allowInsecure) => {
  const texts: readonly unknown[] = Array.isArray(list) ? list : [list];
  const hosts = texts.map((text, at) => {
    if (typeof text !== 'string') throw invalidOption('A host is more than its address', 'Give texts, or `readHosts`.');
    const tier = at === 0 ? ('active' as const) : ('standby' as const);
    return { ...parseHost(text, allowInsecure), tier, weight: 1, zone: null, health: null };
  });
  if (hosts.length === 0) throw noHosts();
  refuseDuplicates(hosts);
  return { kind: 'priority', hosts };
};

/** The error for a list without hosts. */
export const noHosts = (): SwitchoverError =>
  new SwitchoverError('NO_HOSTS', 'No host is listed.', { remedy: 'Give at least one.' });

/** @throws SwitchoverError `DUPLICATE_HOST` */
export function refuseDuplicates(hosts: readonly { readonly origin: string }[]): void {
  const origins = hosts.map(({ origin }) => origin);
  const twice = origins.find((origin, at) => origins.indexOf(origin) < at);
  if (twice !== undefined) {
    throw new SwitchoverError('DUPLICATE_HOST', `${twice} is listed twice.`, { remedy: 'List each origin once.' });
  }
}
