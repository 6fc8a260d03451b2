import { pathOn } from '../../policy/target.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { utf8Bytes } from '../../session/payload.ts';
import { domError } from '../eventTarget.ts';

/**
 * What a socket's URL is on every host of the pool: its path. Both `ws:` and `http:` name a host, as in the standard.
 *
 * @returns Null for another origin.
 * @throws DOMException `SyntaxError` for a fragment.
 */
export function socketPath(url: string | URL, pool: HostPool): string | null {
  const path = pathOn(
    String(url)
      .trim()
      .replace(/^ws(?=s?:)/i, 'http'),
    pool.hosts,
  );
  if (path?.includes('#')) throw syntaxError(`The URL ${url} has a fragment.`);
  return path;
}

/** @throws DOMException `SyntaxError` for one that is no token (RFC 9110, section 5.6.2) or stands twice. */
export function protocolList(protocols: string | readonly string[] | undefined): readonly string[] {
  const list = typeof protocols === 'string' ? [protocols] : [...(protocols ?? [])].map(String);
  const isGood = (name: string, at: number) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && list.indexOf(name) === at;
  if (!list.every(isGood)) throw syntaxError(`Not a list of subprotocols: ${list}`);
  return list;
}

/** @throws DOMException `InvalidAccessError` for a code, `SyntaxError` for a reason, that may not be sent. */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw domError('InvalidAccessError', `The close code ${code} is neither 1000 nor 3000 to 4999.`);
  }
  if (reason !== undefined && utf8Bytes(reason) > 123) throw syntaxError('The reason is longer than 123 bytes.');
}

const syntaxError = (message: string): Error => domError('SyntaxError', message);
