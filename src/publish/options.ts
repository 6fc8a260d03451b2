import { invalidOption } from '../policy/fill.ts';
import type { OfflineLook } from '../serviceWorker/offlinePage/look.ts';
import type { SiteConfig } from '../site/config.ts';
import { readSiteOptions, type SiteOptions } from '../site/options.ts';

/** Names of the files, under the site's base path. The offline page and the health file may lie elsewhere by options. */
export const FILE_NAMES = {
  worker: 'switchover-sw.js',
  interposer: 'switchover-interpose.js',
  offlinePage: 'switchover-offline.html',
  health: 'switchover-health.txt',
  note: 'switchover-README.md',
} as const;

/** Options of a site's files: those of its worker, where the site lies, and how its offline page looks. Only `hosts` is needed. */
export interface PublishOptions extends SiteOptions {
  /** Path under which the site lies, the same on each host. The worker looks after what is under it. Default `/`. */
  readonly base?: string;
  /**
   * The site has a service worker of its own: instead of a worker, a script is made for that one to load before anything else, by
   * `importScripts`. A worker that is bundled takes `switchover/service-worker` and has no need of the script. Default false.
   */
  readonly ownWorker?: boolean;
  /** How the offline page looks and what it says. Default: plain, in English. */
  readonly page?: OfflineLook;
}

/** Name of the script that the browser is to see anew as soon as it changes. */
export const scriptName = (ownWorker: boolean): string => (ownWorker ? FILE_NAMES.interposer : FILE_NAMES.worker);

/** Options of a site's files, checked. */
export interface PublishPlan {
  readonly config: SiteConfig;
  readonly base: string;
  readonly ownWorker: boolean;
  readonly page: OfflineLook;
}

/**
 * Checks the options of a site's files, and fills the defaults in.
 *
 * @throws SwitchoverError as `readSiteOptions` does; `INVALID_OPTION` for a base or an offline page that is no plain path.
 */
export function readPublishOptions({ base, ownWorker = false, page = {}, ...site }: PublishOptions): PublishPlan {
  if (typeof ownWorker !== 'boolean')
    throw invalidOption(`ownWorker can't be ${String(ownWorker)}`, 'Give true or false.');
  if (typeof page !== 'object' || page === null)
    throw invalidOption(`page can't be ${String(page)}`, 'Give an object.');
  const under = readBase(base);
  const config = readSiteOptions({
    ...site,
    probePath: site.probePath ?? under + FILE_NAMES.health,
    offlinePage: site.offlinePage ?? under + FILE_NAMES.offlinePage,
  });
  if (!/\.html?$/.test(config.offlinePage)) {
    throw invalidOption(
      `offlinePage can't be ${config.offlinePage}`,
      'Let it end with .html: servers tell by that what it is.',
    );
  }
  return { config, base: under, ownWorker, page };
}

/** @throws SwitchoverError `INVALID_OPTION` for a base that is relative, names a host, or is no plain path. */
export function readBase(base = '/'): string {
  const full = base === '/' ? base : `${base}/`.replace(/\/\/$/, '/');
  if (typeof base !== 'string' || base === '' || !isPlain(full)) {
    throw invalidOption(
      `base can't be ${JSON.stringify(base)}`,
      'Give the path of the site on its hosts, such as /app/.',
    );
  }
  return full;
}

/** True where a host is probed at the file that is made for it. */
export const needsHealthFile = ({ config, base }: PublishPlan): boolean =>
  config.hosts.some(({ origin, probe }) => probe === origin + base + FILE_NAMES.health);

/**
 * Where a path of the site lies in its public folder.
 *
 * @throws SwitchoverError `INVALID_OPTION` where it lies outside, or where a file of that name could be meant in two ways.
 */
export function fileUnder(base: string, path: string): string {
  if (path.startsWith(base) && isPlain(path)) return path.slice(base.length);
  throw invalidOption(
    `${path} is no file of the site`,
    `Give a path under ${base}, of letters, digits and - . _ ~ alone.`,
  );
}

/** Of names that are the same in a URL, in a script and on a disk, without a way up. */
const isPlain = (path: string): boolean => /^\/(?:(?!\.{1,2}(?:\/|$))[\w.~-]+(?:\/|$))*$/.test(path);
