import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

type LookupCallback = Parameters<LookupFunction>[2];

interface Flight {
  readonly startedMs: number;
  readonly callbacks: LookupCallback[];
}

/**
 * How long others join a lookup that is under way. One that takes longer may be stuck on a network that is gone, and
 * the next caller tries its own luck. As long as the C library waits for one name server.
 */
const SHARE_FOR_MS = 5_000;

/**
 * Lets concurrent lookups of one name share one.
 *
 * The system's resolver runs in Node's pool of four threads. Without this, four requests to a host whose name server is
 * dead would occupy all of them, and the lookup of a standby would wait behind them for as long as they do.
 */
export function sharedLookup(lookup: LookupFunction): LookupFunction {
  const flights = new Map<string, Flight>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${JSON.stringify(options)}`;
    const running = flights.get(key);
    if (running !== undefined && performance.now() - running.startedMs < SHARE_FOR_MS) {
      running.callbacks.push(callback);
      return;
    }
    const flight: Flight = { startedMs: performance.now(), callbacks: [callback] };
    flights.set(key, flight);
    lookup(hostname, options, (error, address, family) => {
      if (flights.get(key) === flight) flights.delete(key);
      if (error !== null) markLookup(error);
      for (const each of flight.callbacks) each(error, copy(address), family);
    });
  };
}

/** A resolver of the user's may fail in its own words; what reads the error later must know that it was the lookup. */
function markLookup(error: NodeJS.ErrnoException): void {
  error.code ??= 'EAI_FAIL';
  error.syscall ??= 'getaddrinfo';
}

/** Sockets are handed lists of their own. */
function copy(address: string | LookupAddress[]): string | LookupAddress[] {
  return typeof address === 'string' ? address : [...(address ?? [])];
}
