/** Path and query. */
export function pageOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/**
 * The same page on another host. A path begins with a slash: behind a whole origin no path can name another host, as `//evil.example` would
 * if it were resolved. The fragment stays in the browser, which puts it at the end of any redirect.
 */
export const addressOn = (origin: string, url: string): string => origin + pageOf(url);
