import type { PageBlock } from '../block.ts';

/**
 * What was asked for, on another host. The parts are set one by one: resolved against a base, a path such as `//evil.example` would name a
 * host of its own. Where somebody has opened the offline page by its own address, the folder that it lies in was meant.
 */
export function addressOn(origin: string, { offlinePage }: PageBlock): URL {
  const { pathname, search, hash } = location;
  const url = new URL(origin);
  url.pathname = pathname === offlinePage ? pathname.replace(/[^/]*$/, '') : pathname;
  url.search = search;
  url.hash = hash;
  return url;
}

/** Goes to what was asked for on a host. */
export function goTo(origin: string, block: PageBlock): void {
  const url = addressOn(origin, block);
  // To one's own address with a fragment, `replace` would only scroll.
  if (url.href === location.href) location.reload();
  else location.replace(url);
}
