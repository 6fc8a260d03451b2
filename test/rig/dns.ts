import { randomUUID } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import { isIPv6, type LookupFunction } from 'node:net';
import { within } from './wait.ts';

/** How a name's lookup fails: it does not exist; no server answers; the server itself failed. */
export type NameFailure = 'ENOTFOUND' | 'EAI_AGAIN' | 'EAI_FAIL';

const LOOKUP_LIMIT_MS = 30_000;

/**
 * A name that no resolver knows, through the machine's own resolver: `.invalid` never exists (RFC 6761 §6.4). A new one
 * each time, so that no cache answers. The failure is `ENOTFOUND` where a resolver answers and `EAI_AGAIN` where none
 * can be reached, which may take the system's 5 to 10 s; {@link lookupFrom} fails at once, the same everywhere.
 */
export function failingName(): string {
  return `does-not-exist-${randomUUID()}.invalid`;
}

/** How this machine fails to look up a name, and `undefined` where it succeeds. */
export async function failureOf(name: string): Promise<string | undefined> {
  const failure = new Promise<string | undefined>((resolve) => {
    lookup(name, (error) => resolve(error?.code));
  });
  return within(failure, LOOKUP_LIMIT_MS, () => `No answer for ${name}, not even a failure`);
}

/**
 * A `lookup` for sockets and dispatchers that knows the names of `table`, addresses or a failure, and asks the system
 * for all others: `new Agent({ connect: { lookup: lookupFrom({ 'chat.test': 'EAI_AGAIN' }) } })`. The table is read at
 * each lookup, so a test may change it.
 */
export function lookupFrom(table: Readonly<Record<string, readonly string[] | NameFailure>>): LookupFunction {
  return (name, options, callback) => {
    const entry = table[name];
    if (entry === undefined) return lookup(name, options, callback);
    setImmediate(() => answer(name, entry, options.all === true, callback));
  };
}

function answer(
  name: string,
  entry: readonly string[] | NameFailure,
  wantsAll: boolean,
  callback: Parameters<LookupFunction>[2],
): void {
  if (typeof entry === 'string') {
    callback(Object.assign(new Error(`getaddrinfo ${entry} ${name}`), { code: entry, syscall: 'getaddrinfo' }), []);
    return;
  }
  const addresses: LookupAddress[] = entry.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const [first] = addresses;
  if (wantsAll || first === undefined) callback(null, addresses);
  else callback(null, first.address, first.family);
}
