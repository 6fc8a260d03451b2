import type { SwitchoverError, SwitchoverErrorCode } from '../../policy/error.ts';
import { fill, invalidOption, refuseUnknown } from '../../policy/fill.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { locksFor } from '../../runtime/locks.ts';
import type { KeyValueStore, MaybePromise, OwnerLock } from '../../runtime/ports.ts';
import { CLIENT_POLICY, type ClientPolicy } from '../../session/clientPolicy.ts';
import type { WebSocketConstructor } from '../plainSocket.ts';
import type { AckOptions, ChannelOptions, HeartbeatOptions, OutboxOptions, ReconnectOptions } from './types.ts';

/** A channel's whole configuration. */
export interface ChannelSettings {
  readonly path: string;
  readonly policy: ClientPolicy;
  /** Never throws at once. */
  readonly credential: (() => Promise<string>) | undefined;
  readonly WebSocket: WebSocketConstructor;
  readonly storage: KeyValueStore;
  readonly name: string;
  readonly stays: boolean;
  readonly locks: OwnerLock;
  /** Tells the application of a failure that no call is waiting for. */
  readonly warn: (code: SwitchoverErrorCode, message: string, cause: unknown) => void;
}

const KNOWN: ReadonlySet<string> = new Set(
  'credential storage name outbox WebSocket reconnect heartbeat acks maxBytes failback locks'.split(' '),
);

/**
 * Checks the options of a channel, and fills the defaults in.
 *
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function readChannelOptions(
  pool: HostPool,
  path: string,
  options: ChannelOptions,
): Omit<ChannelSettings, 'warn'> {
  refuseUnknown(options, KNOWN);
  const { credential, failback = 'move', WebSocket = globalThis.WebSocket, storage = pool.ports.storage } = options;
  refuseUnless(credential === undefined || typeof credential === 'function', 'credential', 'a function');
  refuseUnless(failback === 'move' || failback === 'stay', 'failback', 'move or stay');
  refuseUnless(typeof WebSocket === 'function', 'WebSocket', 'a class; this platform has none of its own');
  refuseUnless(typeof storage?.get === 'function', 'storage', 'a key-value store');
  refuseUnless(options.locks === undefined || typeof options.locks?.acquire === 'function', 'locks', 'an owner lock');
  // Parsers read two slashes, or a backslash for one, as the name of another host.
  refuseUnless(/^\/(?![\t\n\r]*[/\\])/.test(path), 'path', 'a path, from its first slash on');
  const { name } = fill('channel', { name: path }, { name: options.name as string });
  return {
    path,
    policy: policyOf(options),
    credential: credential && (() => askFor(credential)),
    WebSocket: WebSocket as WebSocketConstructor,
    storage,
    name,
    stays: failback === 'stay',
    locks: options.locks ?? locksFor(storage),
  };
}

async function askFor(credential: () => MaybePromise<string>): Promise<string> {
  const auth: unknown = await credential();
  // As long as a frame may have it.
  if (typeof auth === 'string' && auth.length <= 8_192) return auth;
  throw invalid('credential', 'a text of at most 8,192 characters');
}

function policyOf({ outbox, reconnect, heartbeat, acks, maxBytes }: ChannelOptions): ClientPolicy {
  const own = CLIENT_POLICY;
  const { count, bytes, whenFull } = own.outbox;
  const box = fill<OutboxOptions>('outbox', { maxCount: count, maxBytes: bytes, whenFull }, outbox);
  refuseUnless(/^(?:wait|reject|drop-oldest)$/.test(box.whenFull), 'outbox.whenFull', 'wait, reject or drop-oldest');
  const { firstWaitMs: windowMs, ackMs, ackCount, ackBytes, unackedMs, probeMs, ...others } = own;
  const { baseMs, capMs, minUptimeMs, welcomeMs, welcomeCapMs } = others;
  const times = { windowMs, baseMs, capMs, minUptimeMs, welcomeMs, welcomeCapMs };
  const { windowMs: firstWaitMs, ...back } = fill<ReconnectOptions>('reconnect', times, reconnect);
  const ack = fill<AckOptions>('acks', { delayMs: ackMs, count: ackCount, bytes: ackBytes }, acks);
  const most = fill('channel', { maxBytes: own.maxBytes }, { maxBytes: maxBytes as number });
  return {
    ...own,
    ...back,
    ...fill<HeartbeatOptions>('heartbeat', { unackedMs, probeMs }, heartbeat),
    ...most,
    firstWaitMs,
    ackMs: ack.delayMs,
    ackCount: ack.count,
    ackBytes: ack.bytes,
    outbox: { count: box.maxCount, bytes: box.maxBytes, whenFull: box.whenFull },
  };
}

function refuseUnless(fits: boolean, name: string, wanted: string): void {
  if (!fits) throw invalid(name, wanted);
}

const invalid = (name: string, wanted: string): SwitchoverError =>
  invalidOption(`The channel's ${name} must be ${wanted}`, 'See ChannelOptions.');
