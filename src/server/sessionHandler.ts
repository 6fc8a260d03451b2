import { refuseUnknown } from '../runtime/poolOptions.ts';
import { type HealthHandlerOptions, healthEndpoints } from './healthHandler.ts';
import { hintHeaders } from './hintHeaders.ts';
import { invalid } from './serverOptions.ts';
import type { Identity } from './session.ts';
import type { SessionServer } from './sessionServer.ts';
import type { StoreTransaction } from './sessionStore.ts';
import { type AllowedOrigins, readEndpoint, type WebEndpoint, type WebHandler, webHandler } from './webHandler.ts';

/** Options of {@link sessionHandler}. Every one may be left out. */
export interface SessionHandlerOptions {
  /** As of {@link healthHandler}; `standing` is the session server's own. `false`: no health endpoints. Default: all of its defaults. */
  readonly health?: Omit<HealthHandlerOptions, 'standing'> | false;
  /** Where the list of hosts is served. `/.well-known/switchover.json` if not given, which is where clients look. */
  readonly wellKnownPath?: string;
  /** Which pages may read the list of hosts. Default `'*'`. */
  readonly origins?: AllowedOrigins;
  /** By path, endpoints of the application's own: to open and resume HTTP sessions, to sign in. Default none. */
  readonly endpoints?: Readonly<Record<string, WebEndpoint>>;
}

const KNOWN: ReadonlySet<string> = new Set(['health', 'wellKnownPath', 'origins', 'endpoints']);
const WELL_KNOWN = '/.well-known/switchover.json';

/**
 * The HTTP side of a session server: health, the document that clients take their list of hosts from (`wellKnownHosts`), and whatever
 * endpoints the application adds.
 *
 * @throws SwitchoverError `INVALID_OPTION`, also where two endpoints have the same path.
 */
export function sessionHandler<Transaction extends StoreTransaction, I extends Identity>(
  sessions: SessionServer<Transaction, I>,
  options: SessionHandlerOptions = {},
): WebHandler {
  refuseUnknown(options, KNOWN);
  const { health = {}, wellKnownPath = WELL_KNOWN, origins = '*', endpoints = {} } = options;
  const all: [string, WebEndpoint][] = [
    [wellKnownPath, hostsEndpoint(sessions, origins, health === false ? undefined : health.epoch)],
    ...Object.entries(endpoints),
  ];
  if (health !== false) all.push(...healthEndpoints({ ...health, standing: sessions }));
  const found = new Map(all);
  if (found.size < all.length) throw invalid('endpoints', 'have a path twice', 'Give each endpoint a path of its own.');
  return webHandler(found);
}

function hostsEndpoint<Transaction extends StoreTransaction, I extends Identity>(
  sessions: SessionServer<Transaction, I>,
  origins: AllowedOrigins,
  epoch: HealthHandlerOptions['epoch'],
): WebEndpoint {
  return readEndpoint(origins, () => {
    const { hosts, role, active, retryWindowMs } = sessions;
    const hints = hintHeaders({ role, active, retryWindowMs, epoch: epoch?.() ?? null });
    if (hosts === null) return { status: 404, headers: hints, body: 'No hosts are listed.\n' };
    const { list, generation } = hosts;
    const document = 'active' in list ? { generation, ...list } : { generation, hosts: list };
    const headers = { ...hints, 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' };
    return { status: 200, headers, body: JSON.stringify(document) };
  });
}
