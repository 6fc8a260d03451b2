import { block } from './page.ts';

/**
 * What was asked for, on another host. It is put together from text: resolved against a base, a path such as `//evil.example` would name a
 * host of its own. Where somebody has opened the offline page by its own address, the folder that it lies in was meant.
 */
export function addressOn(origin: string): string {
  const { pathname, search, hash } = location;
  return origin + (pathname === block.offlinePage ? pathname.replace(/[^/]*$/, '') : pathname) + search + hash;
}

/** Goes to what was asked for on a host. */
export function goTo(origin: string): void {
  const address = addressOn(origin);
  // To one's own address with a fragment, `replace` would only scroll.
  if (address === location.href) location.reload();
  else location.replace(address);
}
