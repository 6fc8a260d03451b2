import { POOL_DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import { parseHost } from '../policy/host.ts';
import { noHosts, refuseDuplicates } from '../policy/plainHosts.ts';
import type { NavigationMode, SiteConfig } from './config.ts';
import { nameOfHosts } from './names.ts';

/** A host of a site: its origin, or its origin with the place where it is probed. */
export type SiteHostOption =
  | string
  | {
      /** The origin: `https://www.example.com`. */
      readonly url: string;
      /** Where it is probed: a path, or an absolute URL, which may name another port. Default: `probePath`. */
      readonly health?: string;
    };

/** Options of a site's worker and offline page. Only `hosts` is needed. */
export interface SiteOptions {
  /** Origins, best first. Each serves the whole site at the same paths. */
  readonly hosts: readonly SiteHostOption[];
  /** What a navigation that fails leads to. Default `offline-page`. */
  readonly mode?: NavigationMode;
  /** Names what is stored in the browser. Give it where `createFailover` has a `name`, the same. Default: made from the origins. */
  readonly name?: string;
  /** Accept `http` to hosts that are not local. Default false. */
  readonly allowInsecure?: boolean;
  /** Until the first byte of a page, in milliseconds. Default 5,000. */
  readonly navigationMs?: number;
  /** The same on a host that failed within the last minute, in milliseconds. Default 2,000. */
  readonly waryNavigationMs?: number;
  /** Until a probe's answer, in milliseconds. Default 2,000. */
  readonly probeMs?: number;
  /** Path that is probed on hosts that name no `health` of their own. Default `/switchover-health.txt`, a file that is made with the others. */
  readonly probePath?: string;
  /** A text that the body of a healthy answer holds; captive portals and error pages do not. Default `ok`. */
  readonly marker?: string;
  /** Path of the offline page. Default `/switchover-offline.html`. */
  readonly offlinePage?: string;
  /** Groups of other origins that serve the same files, such as two CDNs: `[['https://cdn1.example.com', 'https://cdn2.example.com']]`. Default none. */
  readonly assets?: readonly (readonly string[])[];
  /** Upper end of the time for which a host that is proven again is held back, in milliseconds. Default 60,000. */
  readonly holdMs?: number;
  /** No move back within this after a move, in milliseconds. Default 30,000. */
  readonly dwellMs?: number;
  /** Path of the handoff endpoints, so that a user who is moved stays signed in. Default null: none. */
  readonly handoff?: string | null;
}

const MODES: readonly string[] = ['offline-page', 'redirect', 'transparent'] satisfies NavigationMode[];
const HOST_KEYS = ['url', 'health'];

export const SITE_DEFAULTS = {
  mode: 'offline-page',
  navigationMs: POOL_DEFAULTS.timeout.attemptMs,
  waryNavigationMs: POOL_DEFAULTS.timeout.waryAttemptMs,
  probeMs: POOL_DEFAULTS.probe.timeoutMs,
  probePath: '/switchover-health.txt',
  marker: 'ok',
  offlinePage: '/switchover-offline.html',
  assets: [],
  holdMs: POOL_DEFAULTS.failback.holdMs,
  dwellMs: 30_000,
  handoff: null,
  allowInsecure: false,
} as const satisfies Omit<Required<SiteOptions>, 'hosts' | 'name'>;

/**
 * Checks the options of a site, and fills the defaults in.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST` (also for a host with a base path: a page is at the same path everywhere),
 * `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`.
 */
export function readSiteOptions(options: SiteOptions): SiteConfig {
  refuseUnknown(options, ['hosts', 'name', ...Object.keys(SITE_DEFAULTS)]);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const filled: Required<Omit<SiteOptions, 'name'>> = { ...SITE_DEFAULTS, hosts: [], ...given };
  const { allowInsecure, mode, marker } = filled;
  if (!MODES.includes(mode)) throw invalidOption(`mode can't be ${String(mode)}`, `Use one of: ${MODES.join(', ')}.`);
  if (typeof marker !== 'string' || marker === '') throw invalidOption('marker is empty', 'Give a text.');
  const hosts = readHosts(filled);
  const { name = nameOfHosts(hosts.map(({ origin }) => origin)) } = options;
  if (typeof name !== 'string' || name === '')
    throw invalidOption(`name can't be ${JSON.stringify(name)}`, 'Give a text.');
  return {
    version: 1,
    name,
    hosts,
    mode,
    navigationMs: milliseconds('navigationMs', filled.navigationMs, 1),
    waryNavigationMs: milliseconds('waryNavigationMs', filled.waryNavigationMs, 1),
    probeMs: milliseconds('probeMs', filled.probeMs, 1),
    marker,
    offlinePage: path('offlinePage', filled.offlinePage),
    assets: readGroups(filled.assets, allowInsecure),
    holdMs: milliseconds('holdMs', filled.holdMs, 0),
    dwellMs: milliseconds('dwellMs', filled.dwellMs, 0),
    handoff: filled.handoff === null ? null : path('handoff', filled.handoff),
  };
}

function readHosts({ hosts, probePath, allowInsecure }: Required<Omit<SiteOptions, 'name'>>): SiteConfig['hosts'] {
  if (!Array.isArray(hosts) || hosts.length === 0) throw noHosts();
  const read = hosts.map((entry: SiteHostOption) => {
    if (typeof entry === 'object' && entry !== null) refuseUnknown(entry, HOST_KEYS, 'hosts.');
    const { url, health } = typeof entry === 'string' ? { url: entry } : entry;
    const origin = readOrigin(url, allowInsecure);
    return { origin, probe: readProbe(origin, health ?? probePath, allowInsecure) };
  });
  refuseDuplicates(read);
  return read;
}

/** Where a host is probed: a path of its own, or an address at another port or name that its owner has listed. */
function readProbe(origin: string, health: string, allowInsecure: boolean): string {
  const [, at, rest] = /^(https?:\/\/[^/]*)(\/.*)$/i.exec(health) ?? [];
  if (at === undefined || rest === undefined) return origin + path('health', health);
  return readOrigin(at, allowInsecure) + path('health', rest);
}

function readGroups(groups: SiteOptions['assets'], allowInsecure: boolean): SiteConfig['assets'] {
  if (!Array.isArray(groups)) throw invalidOption('assets is no list', 'Give a list of lists of origins.');
  return groups.map((group) => {
    if (!Array.isArray(group) || group.length < 2) {
      throw invalidOption('A group of assets has less than two origins', 'List the origins that serve the same files.');
    }
    const origins = group.map((origin: string) => readOrigin(origin, allowInsecure));
    refuseDuplicates(origins.map((origin) => ({ origin })));
    return origins;
  });
}

function readOrigin(text: string, allowInsecure: boolean): string {
  const { origin, basePath } = parseHost(text, allowInsecure);
  if (basePath !== '') {
    const remedy = 'Serve the site at the same paths on each host, and list origins.';
    throw new SwitchoverError('INVALID_HOST', `${origin}${basePath} has a path.`, { remedy });
  }
  return origin;
}

/** A path that no parser reads as another host: `//name` and backslashes are refused. */
function path(name: string, text: string): string {
  if (typeof text !== 'string' || !/^\/(?![/\\])[!-[\]-~]*$/.test(text)) {
    throw invalidOption(
      `${name} can't be ${JSON.stringify(text)}`,
      'Give a path that begins with one slash, in ASCII.',
    );
  }
  return text;
}

function milliseconds(name: string, value: number, least: number): number {
  const fits = Number.isInteger(value) && value >= least && value < 2 ** 31;
  if (!fits) throw invalidOption(`${name} can't be ${String(value)}`, `Give whole milliseconds of at least ${least}.`);
  return value;
}
