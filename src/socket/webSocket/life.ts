import type { HostConfig } from '../../policy/topology.ts';
import { reasonOf } from '../../runtime/abortReason.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { MaybePromise } from '../../runtime/ports.ts';
import { domError, makeEvent } from '../eventTarget.ts';
import type { Wire, WireRequest } from '../wire.ts';
import { checkClose } from './arguments.ts';
import { Comeback } from './comeback.ts';
import { Dial, type DialEnd, type DialOwner } from './dial.ts';
import { closedEarly, failureOf } from './failures.ts';
import { letClose } from './letClose.ts';
import type { SocketEnd, SocketSettings } from './options.ts';
import { Outbound, type SocketData, sizeOf } from './outbound.ts';
import { followPool, type PoolNews } from './poolNews.ts';
import { Pulse, type PulseOwner } from './pulse.ts';
import { type Requests, socketUrl } from './requests.ts';
import { Timer } from './timer.ts';

/** `between`: the last link is lost, and the next one is not there yet. */
type Phase = 'connecting' | 'open' | 'between' | 'closing' | 'closed';

const READY_STATE = { connecting: 0, open: 1, between: 0, closing: 2, closed: 3 } as const;
const GONE: SocketEnd = { code: 1006, reason: '', wasClean: false };

/** The life of one socket: from link to link, until it is closed. */
export class SocketLife implements DialOwner, PulseOwner, PoolNews {
  readonly #pool: HostPool;
  readonly #settings: SocketSettings;
  readonly #requests: Requests;
  readonly #emit: (event: Event) => void;
  readonly #comeback: Comeback | null;
  readonly #outbound: Outbound;
  readonly #unsubscribe: () => void;
  #phase: Phase = 'connecting';
  #wire: Wire | null = null;
  #openedMs = 0;
  #pulse: Pulse | null = null;
  /** The hosts that are being asked for the next link; beside a living one, too, that is to be left. */
  #dial: Dial | null = null;
  #dialledMs = 0;
  /** Until the next round, or until a link that is to be left is left, or closed. */
  readonly #timer: Timer;
  /** What the next link replaces, and why; null before the first. */
  #left: { readonly from: string; readonly cause: string; readonly atMs: number } | null = null;
  /** True while a link that may be dead is being replaced. */
  #doubted = false;
  /** The pool has another current host, which was heard of while hosts were being asked. */
  #news: 'switchover' | 'failback' | 'woke' | null = null;
  #unsentBytes = 0;
  #binaryType: string | null = null;
  url: string;

  constructor(pool: HostPool, settings: SocketSettings, requests: Requests, emit: (event: Event) => void) {
    this.#pool = pool;
    this.#settings = settings;
    this.#requests = requests;
    this.#emit = emit;
    this.#outbound = new Outbound(settings.maxQueuedBytes);
    this.#timer = new Timer(pool.ports.clock);
    // The clock of another request refuses, and here it is heard.
    pool.ports.clock.now();
    const { reconnect, shouldReconnect } = settings;
    this.#comeback = reconnect && new Comeback(reconnect, shouldReconnect, pool.ports.random);
    const host = pool.hostOf(pool.state.current);
    this.url = host === undefined || requests.path === null ? '' : socketUrl(host, requests.path);
    this.#unsubscribe = followPool(pool, this);
    void this.#begin();
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return READY_STATE[this.#phase];
  }

  get protocol(): string {
    return this.#wire?.socket.protocol ?? '';
  }

  get extensions(): string {
    return this.#wire?.socket.extensions ?? '';
  }

  get bufferedAmount(): number {
    return this.#unsentBytes + this.#outbound.bytes + (this.#wire?.socket.bufferedAmount ?? 0);
  }

  get binaryType(): string {
    return this.#binaryType ?? this.#wire?.socket.binaryType ?? 'blob';
  }

  /** Holds for the links to come as well. An unknown value is passed over, as browsers do. */
  set binaryType(type: string) {
    if (!['blob', 'arraybuffer', 'nodebuffer', 'fragments'].includes(type)) return;
    this.#binaryType = type;
    if (this.#wire !== null) this.#wire.socket.binaryType = type;
  }

  get openMs(): number {
    return Math.min(this.#pool.settings.timeout.totalMs, this.#settings.openMs * 2 ** (this.#comeback?.round ?? 0));
  }

  get staggerMs(): number {
    return this.#settings.staggerMs;
  }

  request(host: HostConfig): MaybePromise<WireRequest> {
    return this.#requests.at(host, this.#comeback?.refused ?? false);
  }

  send(data: SocketData): void {
    if (this.#phase === 'open') this.#wire?.send(data);
    else if (this.readyState > 1) this.#unsentBytes += sizeOf(data);
    else if (this.#phase === 'connecting' || !this.#outbound.push(data)) {
      throw domError(
        'InvalidStateError',
        'The socket is connecting, and can keep no (more) messages until it is open.',
      );
    }
  }

  close(code?: number, reason?: string): void {
    checkClose(code, reason);
    if (this.readyState > 1) return;
    const wire = this.#phase === 'open' ? this.#wire : null;
    this.#phase = 'closing';
    this.#rest();
    if (wire === null) {
      queueMicrotask(() => this.#finish(GONE, closedEarly()));
    } else {
      wire.socket.close(code, reason);
      letClose(wire, this.#timer, () => this.#finish(GONE));
    }
  }

  opened(wire: Wire, url: string): void {
    const left = this.#left;
    this.#rest();
    this.#wire?.drop(1000);
    this.#wire = wire;
    this.url = url;
    if (this.#binaryType !== null) wire.socket.binaryType = this.#binaryType;
    this.#phase = 'open';
    this.#openedMs = this.#nowMs();
    this.#left = null;
    const { heartbeat } = this.#settings;
    this.#pulse = heartbeat && new Pulse(this.#pool.ports.clock, wire, heartbeat, this);
    this.#emit(makeEvent('Event', 'open'));
    // What listeners have just sent goes first: it may be what lets the rest in.
    this.#outbound.flush((data) => this.send(data));
    if (this.#wire !== wire) return;
    if (left !== null) {
      const { from, cause, atMs } = left;
      this.#tell('reconnected', { from, to: wire.origin, cause, tookMs: this.#openedMs - atMs });
    }
    if (this.#news !== null && this.#pool.state.current !== wire.origin) this.leave(this.#news);
  }

  message(wire: Wire, data: unknown): void {
    if (wire !== this.#wire || this.#phase !== 'open') return;
    // It is alive after all.
    if (this.#doubted) this.#stay();
    if (this.#settings.heartbeat?.isPong?.(data)) return;
    this.#emit(makeEvent('MessageEvent', 'message', { data, origin: wire.origin.replace(/^http/, 'ws') }));
  }

  closed(wire: Wire, end: SocketEnd): void {
    if (wire !== this.#wire) return;
    if (this.#phase === 'open') this.#lost(wire, end, `code ${end.code}`);
    else this.#finish(end);
  }

  failed(last: DialEnd | null): void {
    this.#dial = null;
    const comeback = this.#comeback;
    if (this.#phase === 'open') {
      // The link that was to be left is still there. Another try, unless nobody better is left to be asked.
      if (last === null || comeback === null) this.#stay();
      else this.#timer.set(comeback.waitMs(), () => this.#replace(this.#left?.cause ?? ''));
      return;
    }
    const { error, status } = last ?? { error: undefined, status: null };
    const end = { ...GONE, ...last };
    const objection = comeback === null ? 'rounds' : comeback.objection(end, status);
    if (objection !== null) this.#finish(end, failureOf(objection, end.code, error));
    else this.#again(comeback?.waitMs() ?? 0, status === null ? 'no host opened' : `http ${status}`, error);
  }

  dead(wire: Wire): void {
    this.#pulse = null;
    wire.blame('timeout');
    wire.drop(undefined, undefined, true);
    this.#lost(wire, GONE, 'no answer', 0);
  }

  doubtful(): void {
    if (this.#comeback === null || this.#dial !== null) return;
    this.#doubted = true;
    this.leave('woke');
  }

  /** The link goes where the pool goes, once it has a successor there. */
  leave(cause: 'switchover' | 'failback' | 'woke'): void {
    if (this.#comeback === null || (cause === 'failback' && this.#settings.failback === 'stay')) return;
    if (this.#phase !== 'open' || this.#dial !== null) this.#news = cause;
    else this.#timer.set(this.#comeback.spreadMs(), () => this.#replace(cause));
  }

  look(suspect: boolean): void {
    if (this.#phase === 'open') this.#pulse?.verify(suspect);
    else if (this.readyState === 0 && this.#dial === null) {
      const earlyMs = this.#comeback?.earlyMs(this.#nowMs() - this.#dialledMs, -this.#timer.overdueMs) ?? null;
      if (earlyMs !== null) this.#timer.set(earlyMs, () => this.#ask(null));
    }
  }

  poolClosed(): void {
    this.close(1000);
  }

  async #begin(): Promise<void> {
    const { ready } = this.#pool;
    if (ready !== null) await ready;
    if (this.#pool.closed) {
      await undefined;
      this.#finish(GONE, reasonOf(this.#pool.signal) as Error);
    } else if (this.#phase === 'connecting') this.#ask(null);
  }

  #ask(avoid: string | null): void {
    this.#dialledMs = this.#nowMs();
    this.#news = null;
    this.#dial = new Dial(this.#pool, this, avoid);
  }

  /** The link is gone, and nobody here had asked for that. */
  #lost(wire: Wire, end: SocketEnd, cause: string, waitMs?: number): void {
    const comeback = this.#comeback;
    if (comeback === null) {
      this.#finish(end);
      return;
    }
    const nowMs = this.#nowMs();
    comeback.lasted(nowMs - this.#openedMs);
    const isFirst = comeback.round === 0;
    this.#pulse?.stop();
    this.#wire = null;
    this.#phase = 'between';
    this.#doubted = false;
    this.#left = { from: wire.origin, cause, atMs: nowMs };
    const objection = comeback.objection(end, null);
    const drawnMs = comeback.waitMs();
    if (objection !== null) this.#finish(end, failureOf(objection, end.code, undefined));
    else this.#again(isFirst ? (waitMs ?? drawnMs) : drawnMs, cause, undefined);
  }

  /** Plans the next round, unless one is under way already, and says so. */
  #again(delayMs: number, cause: string, error: unknown): void {
    const isAsked = this.#dial !== null;
    if (!isAsked) this.#timer.set(delayMs, () => this.#ask(null));
    const from = this.#left?.from ?? null;
    this.#tell('reconnecting', { from, cause, error, round: this.#comeback?.round, delayMs: isAsked ? 0 : delayMs });
  }

  /** Asks for a successor of a link that stays until that is there: a better host, or for one that may be dead any. */
  #replace(cause: string): void {
    const from = this.#wire?.origin ?? '';
    this.#left = { from, cause, atMs: this.#nowMs() };
    this.#ask(this.#doubted ? null : from);
  }

  #stay(): void {
    this.#doubted = false;
    this.#dial?.stop();
    this.#dial = null;
    this.#timer.cancel();
  }

  #finish(end: SocketEnd, error?: Error): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#rest();
    this.#unsubscribe();
    if (error !== undefined) this.#emit(makeEvent('Event', 'error', {}, { error, message: error.message }));
    const { code, reason, wasClean } = end;
    this.#emit(makeEvent('CloseEvent', 'close', { code, reason, wasClean }));
  }

  #rest(): void {
    this.#stay();
    this.#pulse?.stop();
    this.#pulse = null;
  }

  #tell(type: string, detail: object): void {
    this.#emit(makeEvent('CustomEvent', type, { detail }));
  }

  #nowMs(): number {
    return this.#pool.ports.clock.now();
  }
}
