import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import { type DrainOptions, readDrain } from './drain.ts';
import type { Identity } from './session.ts';
import type { SessionServer } from './sessionServer.ts';
import type { StoreTransaction } from './sessionStore.ts';

/** Options of {@link drainOnSignal}: how to drain, and what comes before and after. */
export interface DrainOnSignalOptions extends DrainOptions {
  /** Which signals. Default `['SIGTERM']`. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Released as soon as the drain has begun, so that a standby becomes active and can take the clients. Default: there is none. */
  readonly lease?: {
    /** As of a {@link Lease}. */
    release(): unknown;
  };
  /** Closed once all have left: it takes no more connections, and ends those that are idle. Default: it is the application's to close. */
  readonly server?: Server | SecureServer;
  /** What else has to be done at the end: the attachment's and the store's `close`. A failure becomes the process' own. Default: nothing. */
  readonly afterwards?: () => unknown;
}

const KNOWN: ReadonlySet<string> = new Set([
  'signals',
  'lease',
  'server',
  'afterwards',
  'deadlineMs',
  'jitterMs',
  'to',
]);

/**
 * Drains when the process is told to end: readiness goes at once, clients leave, the session server and the http server are closed. Then
 * nothing holds the process, so it ends by itself, with its exit code untouched. A second signal ends it as it would without this.
 *
 * Give Kubernetes' `terminationGracePeriodSeconds` more than `deadlineMs`.
 *
 * @returns Takes the listeners off again.
 * @throws SwitchoverError `INVALID_OPTION`, `INVALID_HOST`.
 */
export function drainOnSignal<Transaction extends StoreTransaction, I extends Identity>(
  sessions: SessionServer<Transaction, I>,
  options: DrainOnSignalOptions = {},
): () => void {
  refuseUnknown(options, KNOWN);
  const { signals = ['SIGTERM'], lease, server, afterwards, ...how } = options;
  // Refused now, not when the signal comes.
  readDrain(how, sessions.retryWindowMs);
  const off = () => {
    for (const signal of signals) process.off(signal, leave);
  };
  const leave = () => {
    off();
    void depart();
  };
  const depart = async () => {
    const drained = sessions.drain(how);
    await Promise.all([drained, lease?.release()]);
    sessions.close();
    server?.close();
    server?.closeIdleConnections();
    await afterwards?.();
  };
  for (const signal of signals) process.on(signal, leave);
  return off;
}
