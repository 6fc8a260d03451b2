import { Resolver } from 'node:dns/promises';
import { isAllowed } from '../policy/allowList.ts';
import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import { scanHost } from '../policy/host.ts';
import type { HostSource, Random } from '../runtime/ports.ts';
import { readNumber, SOME_MS } from './options.ts';
import { foldTargets, type SrvRecord, type SrvTarget, srvOrder } from './srvOrder.ts';

/** Options of {@link srvHosts}. Only `name` is needed. */
export interface SrvOptions {
  /** The records' name: `_https._tcp.chat.example.com`. */
  readonly name: string;
  /** How the servers are spoken to. `http` needs `allowInsecure` on the pool, but for local servers. Default `https`. */
  readonly scheme?: 'https' | 'http';
  /** Between two looks, in milliseconds, spread by a tenth. DNS gives Node no lifetime with the records. Default 300,000. */
  readonly refreshMs?: number;
  /**
   * Which servers records may name: origins with their ports, or `https://*.example.com:8443` for all names below. Records
   * that name any other are refused as a whole. Default: the domain of `name` and every name below it, at any port, so
   * that who can forge an answer of DNS can't lead sessions to a server of his own.
   */
  readonly allow?: readonly string[];
  /** Asks the name servers; a `Resolver` of `node:dns/promises` will do. Default: one of the system's name servers. */
  readonly resolver?: {
    /** Asks for the service records of a name. */
    resolveSrv(name: string): Promise<readonly SrvRecord[]>;
  };
  /** A uniform random number in [0, 1), for the order within a priority. Default `Math.random`. */
  readonly random?: Random;
}

/** More records than this are refused. */
const MOST_RECORDS = 64;
const KNOWN: readonly string[] = [
  'name',
  'scheme',
  'refreshMs',
  'allow',
  'resolver',
  'random',
] satisfies (keyof SrvOptions)[];

/**
 * Hosts from the service records (SRV) of a name: those of the lowest priority are active and share the clients by
 * weight, the others stand by in the order of RFC 2782. What this client drew holds for as long as a server is listed.
 *
 * A look rejects with `DISCOVERY_REFUSED` where there are no records or too many, where they say that the service is not
 * available (the target `.`), or name a server that is not allowed; and with the resolver's own error where it has no
 * answer. The pool then keeps the list that it has.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value that can't be meant.
 */
export function srvHosts(options: SrvOptions): HostSource {
  refuseUnknown(options, KNOWN);
  const { scheme = 'https', allow, resolver } = options;
  const name = readName(options.name);
  if (scheme !== 'https' && scheme !== 'http') throw invalidOption('scheme is unknown', 'Use https or http.');
  if (allow?.length === 0) throw invalidOption('The allow-list is empty', 'Name servers, or leave it out.');
  const order = srvOrder(options.random ?? Math.random);
  return {
    refreshMs: readNumber('refreshMs', options.refreshMs, DEFAULTS.discovery.refreshMs, SOME_MS),
    async load(signal) {
      const records = await look(name, resolver, signal);
      if (records.length > MOST_RECORDS)
        throw refused(name, `has ${records.length} records, more than ${MOST_RECORDS}`);
      return { hosts: order(foldTargets(readTargets(name, records, scheme, allow))) };
    },
  };
}

function readName(name: string): string {
  const plain = typeof name === 'string' ? name.toLowerCase().replace(/\.$/, '') : '';
  if (/^_[a-z0-9-]+\._[a-z]+\.[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(plain)) return plain;
  throw invalidOption(`${JSON.stringify(name)} is no name of a service`, 'Write it as _https._tcp.chat.example.com.');
}

function look(name: string, own: SrvOptions['resolver'], signal: AbortSignal): Promise<readonly SrvRecord[]> {
  signal.throwIfAborted();
  if (own !== undefined) return unlessAborted(signal, own.resolveSrv(name));
  // A new one for each look, as the system's name servers may have changed.
  const resolver = new Resolver();
  return unlessAborted(signal, resolver.resolveSrv(name), () => resolver.cancel());
}

/** Does not wait for a resolver that knows nothing of signals. */
async function unlessAborted<Value>(signal: AbortSignal, answer: Promise<Value>, cancel?: () => void): Promise<Value> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason);
      cancel?.();
    };
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([aborted, answer]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function readTargets(
  name: string,
  records: readonly SrvRecord[],
  scheme: 'https' | 'http',
  allow: readonly string[] | undefined,
): SrvTarget[] {
  // RFC 2782: a target of "." means that the service is decidedly not available here. Resolvers also write it as nothing.
  const servers = records.filter((record) => record.name !== '' && record.name !== '.');
  if (servers.length === 0) {
    throw refused(name, records.length === 0 ? 'has no records' : 'says that the service is not available');
  }
  return servers.map(({ name: target, port, priority, weight }) => {
    const host = scanHost(`${scheme}://${target.replace(/\.$/, '')}:${port}`);
    if (host === null || host.basePath !== '')
      throw refused(name, `names ${shown(target)}:${port}, which is no server`);
    const allowed = allow === undefined ? isWithin(host.hostname, name) : isAllowed(host.origin, allow);
    if (!allowed) throw refused(name, `names ${host.origin}, which is not allowed`);
    return { url: host.origin, priority, weight };
  });
}

/** True for the domain that a service's name belongs to, and for every name below it. */
function isWithin(hostname: string, name: string): boolean {
  const domain = name.replace(/^_[^.]+\._[^.]+\./, '');
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

function refused(name: string, complaint: string): SwitchoverError {
  return new SwitchoverError('DISCOVERY_REFUSED', `${name} ${complaint}.`, {
    remedy: 'Correct the service records, or the `allow` list that they are held against.',
  });
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
