import { type Host, scanHost } from './host.ts';

const SLASH = 47;
const BACKSLASH = 92;
const AFTER_ORIGIN = /^(?:[/?#]|$)/;
/** A `..` segment in any spelling of URL parsers, or a control character that could hide one. */
const CLIMBS = /^[^?#]*(?:[^ -\uffff]|[/\\](?:\.|%2e){2}(?:[ /\\?#]|$))/i;

/**
 * The part of a request's URL that is the same on every host: its path with query and fragment, below the base path.
 *
 * Relative URLs are taken from the host's base: `api/me` and `/api/me` mean the same. Absolute ones count where their
 * origin is a listed host's and their path lies under its base path.
 *
 * @returns Empty, or a text that begins with `/`, `?` or `#`. Null for everything else: another origin, `//name`,
 * `data:`, a user name, and the backslashes and control characters by which a parser could see another host. Such a
 * URL is to be passed on untouched, and without credentials.
 */
export function pathOn(url: string, hosts: readonly Host[]): string | null {
  if (url.charCodeAt(0) === SLASH) return /^\/[\t\n\r]*[/\\]/.test(url) ? null : url;
  for (const host of hosts) {
    if (url.startsWith(host.origin)) {
      const rest = url.slice(host.origin.length);
      if (AFTER_ORIGIN.test(rest)) return belowBase(rest, host.basePath);
    }
  }
  if (AFTER_ORIGIN.test(url)) return url;
  if (/^[a-z][a-z\d+.\t\n\r-]*:/i.test(url)) return pathOnUnusual(url, hosts);
  // Parsers drop spaces and control characters at the start; what then follows may be another host.
  return url < '!' || url.charCodeAt(0) === BACKSLASH ? null : `/${url}`;
}

/**
 * The URL of a path on one host. Whatever the path, the URL stays on that host.
 *
 * @param path What {@link pathOn} gave, or a path of the caller's own.
 */
export function urlOn(host: Host, path: string): string {
  return host.origin + host.basePath + (AFTER_ORIGIN.test(path) ? path : `/${path}`);
}

/** An absolute URL that no origin begins letter by letter: upper case, a default port written out, or a foreign one. */
function pathOnUnusual(url: string, hosts: readonly Host[]): string | null {
  const [, site, rest = ''] = /^(https?:\/\/[^/?#]*)([/?#].*)?$/is.exec(url) ?? [];
  const named = site === undefined ? null : scanHost(site);
  const host = hosts.find((one) => one.origin === named?.origin);
  return host === undefined ? null : belowBase(rest, host.basePath);
}

/** What follows the base path; null where the URL is not below it, or climbs out of it. */
function belowBase(path: string, basePath: string): string | null {
  if (basePath === '') return path;
  const rest = path.slice(basePath.length);
  return path.startsWith(basePath) && AFTER_ORIGIN.test(rest) && !CLIMBS.test(rest) ? rest : null;
}
