import { scanHost } from './host.ts';

/**
 * True if an origin fits one of the patterns: `https://*.example.com` stands for every name below example.com,
 * a pattern without a star for just that origin. Scheme and port must be equal. Base paths do not count.
 */
export function isAllowed(url: string, patterns: readonly string[]): boolean {
  const host = scanHost(url);
  return host !== null && patterns.some((pattern) => fits(host.origin, pattern));
}

function fits(origin: string, pattern: string): boolean {
  const [before, after, more] = pattern.split('*.');
  if (after === undefined) return sameOrigin(origin, pattern);
  // The star may stand only where the name begins, and the rest must be a name of its own.
  const suffix = scanHost(`${before}${after}`);
  if (more !== undefined || suffix === null || !/^https?:\/\/$/i.test(before ?? '')) return false;
  const scheme = `${suffix.scheme}://`;
  return origin.startsWith(scheme) && origin.endsWith(`.${suffix.origin.slice(scheme.length)}`);
}

function sameOrigin(origin: string, pattern: string): boolean {
  const host = scanHost(pattern);
  return host !== null && host.origin === origin;
}
