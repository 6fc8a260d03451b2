import type { Clock, MaybePromise } from '../runtime/ports.ts';
import { decodeFromClient, encode } from '../session/codec.ts';
import { CLOSE, type FrameFromClient } from '../session/frames.ts';
import { nextServerTickMs, serverState, stepServer } from '../session/serverMachine.ts';
import type { ServerPolicy } from '../session/serverPolicy.ts';
import type { ServerEffect, ServerEvent, ServerState, StoreRequest } from '../session/serverState.ts';
import type { Waiter } from './deadlines.ts';
import { type DrawBytes, drawFresh, hashToken } from './secrets.ts';
import type { Credentials } from './serverOptions.ts';
import type { Identity, Opening, Session } from './session.ts';
import type { ConnectRequest, Transport, Wire } from './transport.ts';

/** Why a hello is turned away. */
export type Refusal = Extract<ServerEvent, { kind: 'close' }>;

/** What a connection needs of the server that it belongs to. */
export interface Owner<I extends Identity> {
  readonly clock: Clock;
  /** As it stands now: the retry window changes with the number of sessions. */
  readonly policy: ServerPolicy;
  readonly bufferedBytes: number;
  readonly draw: DrawBytes;
  /** Null for a hello that may go on. */
  turnAway(resumes: boolean): Refusal | null;
  /** Who it is, or the code to close with. Never throws, never rejects. */
  authenticate(credentials: Credentials): MaybePromise<I | number>;
  /** Asks the store, and feeds what comes of it. */
  ask(connection: Connection<I>, request: StoreRequest): void;
  /** The window that goes with a code. */
  windowFor(code: number): { readonly windowMs?: number };
  /** Calls `deliver` once all that has come in with it has been read. */
  deliverSoon(connection: Connection<I>): void;
  wakeBy(connection: Connection<I>, atMs: number): void;
  opened(connection: Connection<I>, sid: string, result: Opening['result']): void;
  gap(connection: Connection<I>, range: readonly [number, number] | null): void;
  alarm(subject: string, why: 'reused' | 'unknown' | 'subject', sid: string): void;
  /** The machine has ended, whatever the transport does. */
  ended(connection: Connection<I>): void;
  failed(error: unknown): void;
}

/** One connection: the machine of `session/`, given a transport, a clock and a store. */
export class Connection<I extends Identity> implements Wire, Waiter {
  readonly #owner: Owner<I>;
  readonly #transport: Transport;
  readonly #request: ConnectRequest;
  #state: ServerState;
  #inbox: { readonly frame: FrameFromClient; readonly bytes: number }[] = [];
  /** What happened while a step was being carried out. */
  readonly #later: ServerEvent[] = [];
  #stepping = false;
  #wrote = false;
  /** When the credential that was asked for has to be there. */
  #renewByMs = Infinity;
  /** A credential that came while another was being looked at; only the newest counts. */
  #authenticating = false;
  #nextAuth: string | null = null;
  wakeAtMs = Infinity;
  identity: I | null = null;
  /** Once it is open. */
  session: Session<I> | null = null;
  /** The code that this side has closed with; null while it has not. */
  closedWith: number | null = null;

  constructor(owner: Owner<I>, transport: Transport, request: ConnectRequest) {
    this.#owner = owner;
    this.#transport = transport;
    this.#request = request;
    this.#state = serverState(owner.policy, owner.clock.now());
    this.#setAlarm();
  }

  get state(): ServerState {
    return this.#state;
  }

  message(data: string | Uint8Array): void {
    if (this.#state.kind === 'closed') return;
    const decoded = decodeFromClient(data, this.#owner.policy.maxBytes);
    if (decoded.kind === 'refused') {
      this.deliver();
      this.feed({ kind: 'broken', code: decoded.code });
    } else if (this.#inbox.push({ frame: decoded.frame, bytes: data.length }) === 1) this.#owner.deliverSoon(this);
  }

  closed(): void {
    this.deliver();
    this.feed({ kind: 'closed' });
  }

  /** Gives the machine all that has come, at one stroke: one step of the store takes it, one frame acknowledges it. */
  deliver(): void {
    const frames = this.#inbox;
    if (frames.length === 0) return;
    this.#inbox = [];
    this.feed({ kind: 'frames', frames });
  }

  tick(): void {
    const nowMs = this.#owner.clock.now();
    if (this.#renewByMs <= nowMs) this.feed({ kind: 'close', code: CLOSE.unauthenticated });
    else if (nextServerTickMs(this.#state) <= nowMs) this.feed({ kind: 'tick' });
    else this.#setAlarm();
  }

  renew(withinMs: number): void {
    this.#renewByMs = this.#owner.clock.now() + withinMs;
    this.feed({ kind: 'renew', withinMs });
  }

  /** One step, and whatever comes of it: in order, each finished before the next. */
  feed(event: ServerEvent): void {
    if (this.#stepping) {
      this.#later.push(event);
      return;
    }
    this.#stepping = true;
    try {
      this.#step(event);
      for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) this.#step(next);
    } catch (error) {
      this.#abandon(error);
    } finally {
      this.#stepping = false;
    }
    if (this.#wrote) this.#checkReader();
    this.#setAlarm();
  }

  #step(event: ServerEvent): void {
    const { state, effects } = stepServer(this.#state, event, this.#owner.policy, { nowMs: this.#owner.clock.now() });
    this.#state = state;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: ServerEffect): void {
    switch (effect.kind) {
      case 'transmit':
        this.#wrote = true;
        this.#transport.send(encode(effect.frame));
        break;
      case 'drop':
        this.#drop(effect.code);
        break;
      case 'store':
        this.#owner.ask(this, effect.request);
        break;
      case 'authenticate':
        this.#authenticate(effect.auth, effect.token);
        break;
      case 'opened':
        this.#owner.opened(this, effect.sid, effect.result);
        break;
      case 'gap':
        this.#owner.gap(this, effect.range);
        break;
      case 'alarm':
        this.#owner.alarm(this.identity?.subject ?? '', effect.why, effect.sid);
        break;
      case 'closed':
        this.#owner.ended(this);
        break;
    }
  }

  #drop(code: number): void {
    this.closedWith = code;
    // Nobody is there to answer a farewell.
    if (code === CLOSE.silent && this.#transport.terminate !== undefined) this.#transport.terminate();
    else this.#transport.close(code, '');
  }

  #authenticate(auth: string | undefined, token: string | null): void {
    if (this.#authenticating) {
      this.#nextAuth = auth ?? null;
      return;
    }
    const refusal = this.#state.kind === 'attaching' ? this.#owner.turnAway(this.#state.hello.sid !== '') : null;
    if (refusal === null) this.#judge(this.#owner.authenticate({ ...this.#request, auth }), token);
    else this.feed(refusal);
  }

  #judge(answer: MaybePromise<I | number>, token: string | null): void {
    if (!(answer instanceof Promise)) {
      this.#authenticated(answer, token);
      return;
    }
    this.#authenticating = true;
    void answer.then((identity) => {
      this.#authenticating = false;
      this.#authenticated(identity, token);
      const next = this.#nextAuth;
      this.#nextAuth = null;
      if (next !== null && this.#state.kind === 'open') this.#authenticate(next, null);
    });
  }

  #authenticated(answer: I | number, token: string | null): void {
    if (this.#state.kind === 'closed') return;
    if (typeof answer === 'number') {
      this.feed({ kind: 'close', code: answer, ...this.#owner.windowFor(answer) });
      return;
    }
    const { subject } = answer;
    if (this.identity === null || this.identity.subject === subject) this.identity = answer;
    this.#renewByMs = Infinity;
    const fresh = drawFresh(this.#owner.draw);
    this.feed({ kind: 'authenticated', subject, hash: hashToken(token ?? ''), fresh });
  }

  /** A reader that does not read: what is sent to it would pile up here. */
  #checkReader(): void {
    this.#wrote = false;
    const { bufferedAmount = 0 } = this.#transport;
    if (bufferedAmount <= this.#owner.bufferedBytes || this.#state.kind === 'closed') return;
    this.feed({ kind: 'close', code: CLOSE.overrun });
    this.#transport.terminate?.();
  }

  /** A defect, here or in the transport: this connection ends, and no other notices. */
  #abandon(error: unknown): void {
    this.#later.length = 0;
    this.#owner.failed(error);
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.#owner.ended(this);
    try {
      if (this.#transport.terminate === undefined) this.#transport.close(CLOSE.busy, '');
      else this.#transport.terminate();
    } catch (second) {
      this.#owner.failed(second);
    }
  }

  #setAlarm(): void {
    if (this.#state.kind === 'closed') return;
    this.#owner.wakeBy(this, Math.min(nextServerTickMs(this.#state), this.#renewByMs));
  }
}
