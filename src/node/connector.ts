import { lookup as systemLookup } from 'node:dns';
import { type LookupFunction, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { buildConnector } from 'undici';
import openConnector from 'undici/lib/core/connect.js';
import errors from 'undici/lib/core/errors.js';
import { sharedLookup } from './sharedLookup.ts';

/** What may be said of TLS, in the words of `node:tls`. */
export type TlsOptions = Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'checkServerIdentity'
  | 'ciphers'
  | 'key'
  | 'maxVersion'
  | 'minVersion'
  | 'passphrase'
  | 'pfx'
  | 'rejectUnauthorized'
>;

/** How connections are made: as the options of `nodeFetch` say, with nothing left out. */
export interface ConnectorSettings {
  readonly connectTimeoutMs: number;
  readonly tls: TlsOptions;
  readonly lookup: LookupFunction | undefined;
}

/**
 * The shares of the connect time that each but the last of a name's addresses gets; the last one has all that is left.
 * At the default of 2 s it is the 250 ms of Node's own, and at any other time eight addresses still have their turn.
 */
const ADDRESS_TURNS = 8;
/** Node takes no shorter turn. */
const LEAST_TURN_MS = 10;

/**
 * Connects as undici does, but in time: undici's own timer ticks twice a second and starts counting at a tick, so that
 * its 2 s are up to 2.5. The time covers the lookup, TCP to all addresses, and the TLS handshake.
 */
export function createConnector({ connectTimeoutMs, tls, lookup }: ConnectorSettings): buildConnector.connector {
  const open = openConnector({
    ...tls,
    timeout: 0,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(LEAST_TURN_MS, Math.ceil(connectTimeoutMs / ADDRESS_TURNS)),
    lookup: sharedLookup(lookup ?? systemLookup),
  });
  return (target, callback) => {
    // Typed as nothing, but it is the socket, already on its way.
    const socket: unknown = open(target, (...result) => {
      stopTimer();
      if (result[0] !== null) markHandshake(result[0]);
      callback(...result);
    });
    if (!(socket instanceof Socket)) throw new TypeError('undici made no socket.');
    const stopTimer = afterBusyLoop(connectTimeoutMs, () => {
      socket.destroy(new errors.ConnectTimeoutError(timeoutMessage(socket, target, connectTimeoutMs)));
    });
  };
}

/**
 * A timer that lets waiting I/O go first: where the program blocked the event loop for longer than the time given, the
 * connection may stand already, and the host is not to be blamed for it.
 */
function afterBusyLoop(delayMs: number, callback: () => void): () => void {
  let late: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    late = setImmediate(callback);
  }, delayMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(late);
  };
}

/** An alert during the handshake: nothing was sent yet, which the same alert on a standing connection could not say. */
function markHandshake(error: NodeJS.ErrnoException): void {
  if (error.code?.startsWith('ERR_SSL') === true) error.syscall = 'connect';
}

function timeoutMessage(socket: Socket, { hostname, port }: buildConnector.Options, connectTimeoutMs: number): string {
  const tried = socket.autoSelectFamilyAttemptedAddresses?.join(', ') ?? `${hostname}:${port}`;
  return `No connection to ${hostname} within ${connectTimeoutMs} ms (tried ${tried}).`;
}
