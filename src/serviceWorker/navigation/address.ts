/**
 * The same page on another host. The parts are set one by one: resolved against a base, a path such as `//evil.example` would name a
 * host of its own. The fragment stays in the browser, which puts it at the end of any redirect.
 */
export function addressOn(origin: string, url: string): string {
  const { pathname, search } = new URL(url);
  const address = new URL(origin);
  address.pathname = pathname;
  address.search = search;
  return address.href;
}

/** Path and query. */
export function pageOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
