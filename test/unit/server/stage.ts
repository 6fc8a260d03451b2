import {
  type AcceptRequest,
  type Apply,
  type ConnectRequest,
  createSessionServer,
  type Identity,
  memorySessionStore,
  type PlainRequest,
  type SessionServer,
  type SessionServerOptions,
  type SessionStore,
  type StoreNews,
  type StoreTransaction,
  type Transport,
  type Wire,
} from '../../../src/server/index.ts';
import { decodeFromServer, encode } from '../../../src/session/codec.ts';
import type { FrameToServer } from '../../../src/session/frames.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import type { StoreResult } from '../../../src/session/serverState.ts';
import type { SessionRecord } from '../../../src/session/sessionRecord.ts';
import { type VirtualClock, virtualClock } from '../../../src/testing/virtualClock.ts';

/** A store in memory that fails, answers late, or forgets its sessions, as it is told. */
export class FaultyStore implements SessionStore {
  readonly inner: SessionStore;
  readonly #records = new Map<string, SessionRecord>();
  /** What it does with each request: does it, says that it could not, throws, or rejects. */
  mode: 'works' | 'fails' | 'throws' | 'rejects' = 'works';
  /** Only these requests fail; all of them, if it names none. */
  ops: readonly string[] = [];
  /** Answers wait for this, where it is set. */
  gate: Promise<void> | null = null;

  constructor(inner: SessionStore) {
    this.inner = inner;
  }

  get leases() {
    return this.inner.leases;
  }

  run(request: PlainRequest): StoreResult | Promise<StoreResult> {
    return this.#late(() => this.#fault(request.op) ?? this.#note(this.inner.run(request)));
  }

  accept(request: AcceptRequest, apply: Apply<StoreTransaction>): StoreResult | Promise<StoreResult> {
    return this.#late(() => this.#fault('accept') ?? this.inner.accept(request, apply));
  }

  sessionsOf(subject: string) {
    return this.inner.sessionsOf(subject);
  }

  watch(listener: (news: StoreNews) => void): () => void {
    return this.inner.watch(listener);
  }

  collect() {
    return this.inner.collect();
  }

  close() {
    return this.inner.close();
  }

  /** Loses all sessions, but no idempotency key. */
  forget(): void {
    for (const { sid, epoch, stream } of this.#records.values()) void this.inner.run({ op: 'end', sid, epoch, stream });
    this.#records.clear();
  }

  #note(result: StoreResult | Promise<StoreResult>): StoreResult | Promise<StoreResult> {
    if (!(result instanceof Promise) && result.kind === 'attached') this.#records.set(result.record.sid, result.record);
    return result;
  }

  #fault(op: PlainRequest['op'] | 'accept'): StoreResult | Promise<StoreResult> | undefined {
    if (this.mode === 'works' || (this.ops.length > 0 && !this.ops.includes(op))) return undefined;
    if (this.mode === 'throws') throw new Error(`no ${op} today`);
    return this.mode === 'rejects' ? Promise.reject(new Error(`no ${op} today`)) : { kind: 'failed', op };
  }

  #late(step: () => StoreResult | Promise<StoreResult>): StoreResult | Promise<StoreResult> {
    return this.gate === null ? step() : this.gate.then(step);
  }
}

/** A client's end of a connection, as plain as it can be: what the server has said and not been asked for yet. */
export class Line implements Transport {
  readonly frames: Record<string, unknown>[] = [];
  /** The code that the server has closed with; 0 while it has not. */
  code = 0;
  bufferedAmount = 0;
  #wire: Wire | null = null;

  open(sessions: Pick<SessionServer, 'connect'>, request: ConnectRequest): this {
    this.#wire = sessions.connect(this, request);
    return this;
  }

  send(data: string | Uint8Array): void {
    const decoded = decodeFromServer(data, 1_000_000);
    this.frames.push((decoded.kind === 'frame' ? decoded.frame : decoded) as unknown as Record<string, unknown>);
  }

  close(code: number): void {
    this.code = code;
  }

  /** Sends a frame, or whatever it is. */
  say(frame: object | string | Uint8Array): this {
    const outgoing = typeof frame === 'object' && 'data' in frame ? { ...frame, data: payloadOf(frame.data) } : frame;
    const raw = typeof outgoing === 'string' || outgoing instanceof Uint8Array;
    this.#wire?.message(raw ? outgoing : encode(outgoing as FrameToServer));
    return this;
  }

  /** The transport breaks: what was not read is lost. */
  cut(): void {
    this.frames.length = 0;
    this.#wire?.closed();
  }

  /** The transport is gone, after all has been read. */
  gone(): void {
    this.#wire?.closed();
  }

  /** The next frame of a kind; what came before it is passed over. */
  next(kind: string): Record<string, unknown> {
    for (let frame = this.frames.shift(); frame !== undefined; frame = this.frames.shift()) {
      if (frame['kind'] === kind) return frame;
    }
    throw new Error(`no ${kind} has come`);
  }

  get kinds(): string[] {
    return this.frames.map(({ kind }) => String(kind));
  }
}

export const HELLO = {
  kind: 'hello',
  v: 1,
  sid: '',
  token: '',
  stream: '',
  rx: 0,
  txLow: 1,
  txHigh: 0,
  host: 'https://a.example',
  cause: 'start',
} as const;

type Options = Partial<SessionServerOptions<StoreTransaction, Identity>>;

/** A server over a store in memory, on a clock that stands still, with all that it has told its application. */
export class Stage {
  readonly clock: VirtualClock = virtualClock();
  readonly store: FaultyStore;
  readonly sessions: SessionServer<StoreTransaction, Identity>;
  readonly got: unknown[] = [];
  readonly told: [name: string, ...values: unknown[]][] = [];

  constructor(options: Options & { readonly replay?: number; readonly deaf?: boolean } = {}, shared?: Stage) {
    const { replay, deaf, ...rest } = options;
    if (shared !== undefined) this.clock = shared.clock;
    const limits = replay === undefined ? {} : { replay: { count: replay } };
    this.store = shared?.store ?? new FaultyStore(memorySessionStore({ clock: this.clock, ...limits }));
    const authenticate = ({ url = 'ann', auth }: { url?: string; auth?: string | undefined }) => ({
      subject: auth ?? url,
    });
    this.sessions = createSessionServer({ store: this.store, authenticate, clock: this.clock, ...rest });
    if (deaf !== true) this.sessions.on('message', (_, { data }) => void this.got.push(data));
    for (const name of ['session', 'gap', 'closed', 'alarm', 'drained', 'warning'] as const) {
      this.sessions.on(name, ((...values: unknown[]) => this.told.push([name, ...values])) as never);
    }
  }

  line(url = 'ann'): Line {
    return new Line().open(this.sessions, { url });
  }

  /** Lets all that is under way come to its end. */
  settle(ms = 0): Promise<void> {
    return this.clock.advance(ms);
  }

  /** A session that is open and has used its connection, and its welcome. */
  async open(hello: object = {}, url = 'ann'): Promise<{ line: Line; welcome: Record<string, unknown>; sid: string }> {
    const line = this.line(url).say({ ...HELLO, ...hello });
    await this.settle();
    const welcome = line.next('welcome');
    line.say({ kind: 'ack', ack: 0 });
    await this.settle();
    return { line, welcome, sid: String(welcome['sid']) };
  }

  /** What was told under a name. */
  heard(name: string): unknown[][] {
    return this.told.filter(([each]) => each === name).map(([, ...values]) => values);
  }
}

/** What a client sends to carry on. */
export const resume = ({ sid, token, stream }: Record<string, unknown>, rx = 0) => ({
  ...HELLO,
  sid,
  token,
  stream,
  rx,
});
