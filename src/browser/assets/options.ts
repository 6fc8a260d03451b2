import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import { type Host, parseHost } from '../../policy/host.ts';
import { refuseDuplicates } from '../../policy/plainHosts.ts';
import { pathOn, urlOn } from '../../policy/target.ts';
import type { HostPool } from '../../runtime/hostPool.ts';

/** Where a page's files lie. One of `groups` and `pool` is needed. */
export interface AssetSources {
  /**
   * Groups of origins that serve the same files, best first: `[['https://cdn1.example.com', 'https://cdn2.example.com']]`. An origin may
   * have a base path, below which its files lie. Default none.
   */
  readonly groups?: readonly (readonly string[])[];
  /** A pool whose hosts serve the same files: those that it has in service are asked first. `failover.pool`, for example. Default none. */
  readonly pool?: HostPool;
  /** Accept `http` to origins that are not local. Default false. The pool's hosts are its own affair. */
  readonly allowInsecure?: boolean;
}

/** A file, as it lies at each origin of its group. */
export interface Place {
  readonly origin: string;
  /** The same at all of them, below their base paths. */
  readonly path: string;
  /** Where else it lies, best first. */
  readonly others: readonly { readonly origin: string; readonly url: string }[];
}

/** Finds a file's place by its absolute URL; null where its origin is not listed. */
export type FindPlace = (url: string) => Place | null;

/**
 * @param extra Names of the options beside these.
 * @throws SwitchoverError `INVALID_OPTION`, `INVALID_HOST`, `INSECURE_HOST` or `DUPLICATE_HOST`.
 */
export function readSources(options: AssetSources, extra: readonly string[] = []): FindPlace {
  refuseUnknown(options, ['groups', 'pool', 'allowInsecure', ...extra]);
  const { groups = [], pool, allowInsecure = false } = options;
  if (!Array.isArray(groups)) throw invalidOption('groups is no list', 'Give a list of lists of origins.');
  if (groups.length === 0 && pool === undefined) {
    throw invalidOption('Nothing says where files lie', 'Give groups of origins, or a pool.');
  }
  const read = groups.map((group: readonly string[]) => readGroup(group, allowInsecure));
  // The pool's list may change, and what it knows of its hosts does.
  return (url) => placeIn(pool === undefined ? read : [inOrder(pool), ...read], url);
}

function readGroup(group: readonly string[], allowInsecure: boolean): readonly Host[] {
  if (!Array.isArray(group) || group.length < 2) {
    throw invalidOption('A group has less than two origins', 'List the origins that serve the same files.');
  }
  const hosts = group.map((text: string) => parseHost(text, allowInsecure));
  refuseDuplicates(hosts);
  return hosts;
}

/** As the pool wants them; those that are out of service come last. */
function inOrder(pool: HostPool): readonly Host[] {
  const { hosts } = pool.status;
  const rank = (state: string): number => Number(state !== 'up') + Number(state === 'ejected');
  return [...hosts].sort((a, b) => rank(a.state) - rank(b.state)).flatMap(({ origin }) => pool.hostOf(origin) ?? []);
}

function placeIn(groups: readonly (readonly Host[])[], url: string): Place | null {
  for (const group of groups) {
    for (const host of group) {
      const path = /^https?:/.test(url) ? pathOn(url, [host]) : null;
      if (path === null) continue;
      const others = group.filter((each) => each !== host);
      return {
        origin: host.origin,
        path,
        others: others.map((each) => ({ origin: each.origin, url: urlOn(each, path) })),
      };
    }
  }
  return null;
}
