import { isUsable } from '../../policy/health.ts';
import { NO_HINTS } from '../../policy/hints.ts';
import { candidates } from '../../policy/selection.ts';
import type { HostConfig } from '../../policy/topology.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { ClientEvent } from '../../session/clientState.ts';
import { decodeFromServer, encode } from '../../session/codec.ts';
import { CLOSE, type FrameFromServer, type FrameToServer } from '../../session/frames.ts';
import { Wire } from '../wire.ts';
import type { ChannelSettings } from './options.ts';

/** One connection that the machine has asked for. It may go through several hosts before its transport is up. */
interface Link {
  wire: Wire | null;
  readonly tried: string[];
  readonly startedMs: number;
  readonly auth: Promise<string> | undefined;
  /** How far it has come. */
  stage: 'connecting' | 'up' | 'welcomed';
}

/** The connections of a channel, by the machine's numbers, each over one host of the pool. */
export class Links {
  readonly #pool: HostPool;
  readonly #settings: ChannelSettings;
  readonly #tell: (event: ClientEvent) => void;
  readonly #links = new Map<number, Link>();
  /** The host that fell silent under us: to be tried last, whatever its probes say. */
  #silent = '';
  /** The host that sent us away: another that is well comes before it. */
  #refusing = '';

  constructor(pool: HostPool, settings: ChannelSettings, tell: (event: ClientEvent) => void) {
    this.#pool = pool;
    this.#settings = settings;
    this.#tell = tell;
  }

  connect(id: number, to: string | null): void {
    // Asked while the connection is made: a token that takes its time costs none.
    const auth = this.#settings.credential?.();
    auth?.catch(() => {});
    const startedMs = this.#pool.ports.clock.now();
    const link: Link = { wire: null, tried: [], startedMs, auth, stage: 'connecting' };
    this.#links.set(id, link);
    const { ready } = this.#pool;
    if (ready === null) this.#dial(id, link, to);
    else void ready.then(() => this.#dial(id, link, to));
  }

  send(id: number, frame: FrameToServer): void {
    try {
      this.#links.get(id)?.wire?.send(encode(frame));
    } catch {
      // It is closing, and will say so.
    }
  }

  /** The host has let us in: it serves. */
  welcomed(id: number): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    link.stage = 'welcomed';
    link.wire?.proven();
    this.#silent = this.#refusing = '';
  }

  drop(id: number, code: number): void {
    const link = this.#links.get(id);
    this.#links.delete(id);
    if (link === undefined || link.wire === null) return;
    const waitedMs = this.#pool.ports.clock.now() - link.startedMs;
    // One that had its time and stayed mute has failed, whether or not another was quicker.
    const mute = link.stage !== 'welcomed' && waitedMs >= this.#settings.policy.welcomeMs;
    if (code === CLOSE.silent || mute) {
      this.#silent = link.wire.origin;
      link.wire.blame('timeout');
    }
    // Who was silent so far will not answer a closing handshake either.
    link.wire.drop(code, undefined, code === CLOSE.silent || mute);
  }

  #dial(id: number, link: Link, to: string | null): void {
    if (this.#links.get(id) !== link) return;
    const host = this.#choose(to, [...this.#busyHosts(), this.#silent]);
    if (host === undefined) this.#lost(id, 0);
    else this.#open(id, link, host);
  }

  #busyHosts(): string[] {
    return [...this.#links.values()].flatMap(({ wire }) => (wire === null ? [] : [wire.origin]));
  }

  /** Where to: the host that a server named, else the pool's choice, but to a second host where we are on one. */
  #choose(to: string | null, avoid: readonly string[]): HostConfig | undefined {
    const pool = this.#pool;
    const named = to === null || avoid.includes(to) ? undefined : pool.hostOf(to);
    if (named !== undefined) return named;
    const first = pool.take();
    if (first?.origin === this.#refusing) return this.#another([...avoid, first.origin]) ?? first;
    if (first === undefined || !avoid.includes(first.origin)) return first;
    const other = candidates(pool.state, pool.ports.clock.now()).find(({ origin }) => !avoid.includes(origin));
    return other === undefined ? first : pool.hostOf(other.origin);
  }

  #open(id: number, link: Link, host: HostConfig): void {
    link.tried.push(host.origin);
    const url = `${host.origin}${host.basePath}${this.#settings.path}`.replace(/^http/, 'ws');
    try {
      const wire: Wire = new Wire(
        this.#pool,
        host.origin,
        { WebSocket: this.#settings.WebSocket, url, protocols: [] },
        {
          opened: () => void this.#opened(id, link, wire),
          message: (data) => this.#message(id, wire, data),
          closed: (code) => this.#closed(id, link, wire, code),
        },
      );
      link.wire = wire;
    } catch (cause) {
      this.#settings.warn('HANDLER_FAILED', 'No connection could be made.', cause);
      this.#lost(id, 0);
    }
  }

  async #opened(id: number, link: Link, wire: Wire): Promise<void> {
    link.stage = 'up';
    try {
      const auth = link.auth && (await link.auth);
      if (link.wire === wire) this.#tell({ kind: 'opened', link: id, host: wire.origin, auth });
    } catch (cause) {
      this.#settings.warn('HANDLER_FAILED', 'The credential could not be had.', cause);
      wire.drop();
      this.#lost(id, 0);
    }
  }

  #message(id: number, wire: Wire, data: unknown): void {
    const input = typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer);
    const decoded = decodeFromServer(input, this.#settings.policy.maxBytes);
    if (decoded.kind === 'refused') this.#tell({ kind: 'broken', link: id, code: decoded.code });
    else {
      this.#tell({ kind: 'frame', link: id, frame: decoded.frame, bytes: input.length });
      // Not before: a drain is no wish of the pool's, and has to succeed.
      this.#book(wire, decoded.frame);
    }
  }

  /** What a server says of itself is news for everybody who uses the pool. */
  #book(wire: Wire, frame: FrameFromServer): void {
    const said = (role: 'standby' | 'draining', active: string | undefined, retryWindowMs: number | null) => {
      const hints = { ...NO_HINTS, role, active: active ?? null, retryWindowMs };
      const status = role === 'standby' ? 503 : 101;
      wire.book({ kind: 'response', status, retryAfterMs: null, hints });
    };
    if (
      frame.kind === 'moved' ||
      (frame.kind === 'close' && (frame.code === CLOSE.away || frame.code === CLOSE.busy))
    ) {
      this.#refusing = wire.origin;
    }
    if (frame.kind === 'moved') said('standby', frame.to, null);
    else if (frame.kind === 'drain') said('draining', frame.to, frame.jitterMs);
    else if (frame.kind === 'close' && frame.code === CLOSE.away) said('standby', undefined, null);
    else if (frame.kind === 'close' && frame.code === CLOSE.busy) {
      wire.book({ kind: 'response', status: 503, retryAfterMs: frame.windowMs ?? 0, hints: NO_HINTS });
    }
  }

  #closed(id: number, link: Link, wire: Wire, code: number): void {
    if (link.wire !== wire) return;
    link.wire = null;
    if (code === CLOSE.away || code === CLOSE.busy) this.#refusing = wire.origin;
    if (this.#links.get(id) !== link) return;
    const other = link.stage === 'connecting' ? this.#another(link.tried) : undefined;
    if (other === undefined) this.#lost(id, code);
    else this.#open(id, link, other);
  }

  /** A host that is well and was not tried: the move there is free, since the wait before the first has spread us already. */
  #another(tried: readonly string[]): HostConfig | undefined {
    const { state, ports } = this.#pool;
    const nowMs = ports.clock.now();
    const busy = this.#busyHosts();
    const found = candidates(state, nowMs).find(
      ({ origin, health, busyUntilMs }) =>
        isUsable(health) && busyUntilMs <= nowMs && !tried.includes(origin) && !busy.includes(origin),
    );
    return found && this.#pool.hostOf(found.origin);
  }

  #lost(id: number, code: number): void {
    this.#links.delete(id);
    this.#tell({ kind: 'closed', link: id, code });
  }
}
