import type { ClientEffect } from '../../../src/session/clientState.ts';
import type { Range } from '../../../src/session/frames.ts';
import { entriesOf } from '../../../src/session/outbox.ts';
import type { ServerState, StoreRequest, StoreResult } from '../../../src/session/serverState.ts';
import type { MemoryStore } from './memoryStore.ts';
import { CLIENT, type Client, SERVER } from './parties.ts';

/** What an application knows of one stream: all numbers up to `upTo` came, but for the gaps it was told of. */
interface Seen {
  upTo: number;
  gaps: number[];
}
type App = Record<string, Seen>;

/** Sees what both applications see, and complains as soon as a promise is broken. */
export class Witness {
  private readonly store: MemoryStore;
  private count = 0;
  private readonly apps = new Map<string, App>();
  /** By stream and number, what the server's application said; and what the store had to let go. */
  readonly said = new Map<string, string>();
  readonly overflowed = new Set<string>();
  readonly accepted = new Set<number>();
  readonly refused = new Set<number>();
  readonly unknown = new Set<number>();
  /** What any client has given up. */
  private readonly dropped = new Set<number>();
  /** A client was copied. */
  copied = false;
  /** How often a rare thing has happened. */
  readonly met = new Map<string, number>();
  /** Numbers that a client gave up, by stream. */
  private readonly givenUp = new Set<string>();
  private readonly tokenEpochs = new Map<string, string>();
  private readonly dead = new Set<string>();
  private effects = 0;
  private readonly lastOf = new Map<string, number>();
  private readonly done = new Set<number>();

  constructor(store: MemoryStore) {
    this.store = store;
  }

  next(): number {
    return ++this.count;
  }

  fail(what: string): never {
    throw new Error(`broken promise: ${what}`);
  }

  appOf(client: Client): App {
    return structuredClone(this.apps.get(client.name) ?? {});
  }

  restored(name: string, app: App | null): void {
    this.apps.set(name, structuredClone(app ?? {}));
  }

  private meet(name: string): void {
    this.met.set(name, (this.met.get(name) ?? 0) + 1);
  }

  private seen(client: Client, stream: string): Seen {
    const app = this.apps.get(client.name) ?? {};
    this.apps.set(client.name, app);
    app[stream] ??= { upTo: 0, gaps: [] };
    return app[stream];
  }

  saw(client: Client, effect: ClientEffect): void {
    if (effect.kind === 'refused') this.meet(`refused ${effect.why}`);
    else if (effect.kind === 'gap') this.meet(`${effect.to === null ? 'lost' : 'gap'} ${effect.direction}`);
    else if (effect.kind === 'opened') {
      this.meet(effect.welcome.result);
      if (client.state.cause === 'drain' || client.state.cause === 'asked') this.meet('moved');
    } else this.meet(effect.kind);
    switch (effect.kind) {
      case 'deliver': {
        const seen = this.seen(client, effect.stream);
        if (effect.seq !== seen.upTo + 1)
          this.fail(`${client.name} got ${effect.stream}:${effect.seq} after ${seen.upTo}`);
        const said = this.said.get(`${effect.stream}:${effect.seq}`);
        if (said !== JSON.stringify(effect.data)) this.fail(`${effect.stream}:${effect.seq} is not what was said`);
        seen.upTo = effect.seq;
        return;
      }
      case 'gap':
        this.sawGap(client, effect);
        return;
      case 'accepted':
        // Of a number that one copy has given up the other believes that it was accepted.
        if (!this.done.has(effect.id) && !(this.copied && this.dropped.has(effect.id)))
          this.fail(`message ${effect.id} is called accepted, and was not`);
        this.accepted.add(effect.id);
        return;
      case 'refused':
        this.dropped.add(effect.id);
        if (this.done.has(effect.id) && !this.copied)
          this.fail(`message ${effect.id} is called refused, and was accepted`);
        // What one copy gives up the other may send.
        if (!this.copied) this.refused.add(effect.id);
        return;
      case 'unknown':
        this.unknown.add(effect.id);
    }
  }

  private sawGap(client: Client, gap: Extract<ClientEffect, { kind: 'gap' }>): void {
    if (gap.direction === 'c2s' || gap.to === null) return;
    const seen = this.seen(client, gap.stream);
    if (gap.from !== seen.upTo + 1) this.fail(`gap from ${gap.from} after ${seen.upTo}`);
    for (let seq = gap.from; seq <= gap.to; seq++) {
      if (!this.overflowed.has(`${gap.stream}:${seq}`) && !this.copied)
        this.fail(`${gap.stream}:${seq} is called lost, and was not`);
      seen.gaps.push(seq);
    }
    seen.upTo = gap.to;
  }

  /** A server's application was told that numbers will not come. */
  serverGap(stream: string, range: Range | null): void {
    for (let seq = range?.[0] ?? 1; range !== null && seq <= range[1]; seq++) {
      if (this.store.effects.some((effect) => effect.stream === stream && effect.seq === seq)) {
        this.fail(`${stream}:${seq} of the client is called lost, and was accepted`);
      }
      this.givenUp.add(`${stream}:${seq}`);
    }
  }

  /** The store has done something. */
  ran(request: StoreRequest, result: StoreResult): void {
    const kept = this.store.sessions.get(request.sid);
    if (request.op === 'attach') {
      this.ranAttach(request, result);
      return;
    }
    if (request.op === 'append') {
      if (result.kind !== 'appended' || kept === undefined) return;
      const { stream, floor } = kept.record;
      const { payload } = request;
      const data = payload.binary
        ? Uint8Array.from(atob(payload.text), (c) => c.charCodeAt(0))
        : JSON.parse(payload.text);
      this.said.set(`${stream}:${result.seq}`, JSON.stringify(data));
      for (let seq = floor; seq > 0 && !this.overflowed.has(`${stream}:${seq}`); seq--)
        this.overflowed.add(`${stream}:${seq}`);
      return;
    }
    if (result.kind === 'fenced' || result.kind === 'failed' || kept === undefined) return;
    if (kept.record.epoch !== request.epoch)
      this.fail(`${request.op} of epoch ${request.epoch} in ${kept.record.epoch}`);
    for (const [hash, session] of this.tokenEpochs) {
      const [sid, epoch] = session.split(' ');
      if (request.op !== 'read' && sid === request.sid && Number(epoch) < request.epoch) this.dead.add(hash);
    }
    if (request.op === 'accept') this.ranAccept();
  }

  private ranAttach(request: Extract<StoreRequest, { op: 'attach' }>, result: StoreResult): void {
    if (result.kind !== 'attached') return;
    const { sid, epoch } = result.record;
    if (sid === request.sid && this.dead.has(request.hash)) this.fail(`a dead token opened ${sid}`);
    this.tokenEpochs.set(request.fresh.hash, `${sid} ${epoch}`);
  }

  private ranAccept(): void {
    for (const { stream, seq, data } of this.store.effects.slice(this.effects)) {
      const number =
        data instanceof Uint8Array ? (data[0] ?? 0) * 256 + (data[1] ?? 0) : (data as { number: number }).number;
      if (this.done.has(number)) this.fail(`message ${number} took effect twice`);
      if (this.refused.has(number)) this.fail(`message ${number} was refused, and took effect`);
      if (this.givenUp.has(`${stream}:${seq}`)) this.fail(`${stream}:${seq} was called lost, and took effect`);
      this.done.add(number);
      if (seq <= (this.lastOf.get(stream) ?? 0)) this.fail(`${stream}:${seq} out of order`);
      this.lastOf.set(stream, seq);
    }
    this.effects = this.store.effects.length;
  }

  /** Bounds that hold after every step of a client. */
  sound({ state }: Client): void {
    const { bytes } = state.outbox;
    const entries = entriesOf(state.outbox);
    if (entries.length > CLIENT.outbox.count || bytes > CLIENT.outbox.bytes) this.fail('outbox over its limits');
    if (entries.some(({ seq }, at) => seq <= (entries[at - 1]?.seq ?? 0))) this.fail('outbox out of order');
    if (bytes !== entries.reduce((sum, entry) => sum + entry.bytes, 0)) this.fail('outbox miscounted');
    if (state.attempts.length + (state.link === null ? 0 : 1) > 3) this.fail('too many connections');
    if (state.attempts.filter(({ kind }) => kind === 'greeting').length > 1) this.fail('two hellos at a time');
    if (state.handed > state.rx || (state.saved.version >= state.welcomedAt && state.saved.rx > state.rx))
      this.fail('got more than was received');
    JSON.stringify(state, (_, value) => (value === Infinity ? this.fail('a state that is no JSON') : value));
  }

  soundServer(state: ServerState): void {
    if (state.kind !== 'open') return;
    if (state.flying.length > SERVER.window[0] + 1) this.fail(`${state.flying.length} messages on the way`);
    if (state.queue.length > 2 * SERVER.window[0]) this.fail('queue over its limit');
    if (state.acked > state.sent || state.rx > state.asked) this.fail('counters crossed');
  }

  /** With the faults over: everything that was sent has an end, and everything that was said was heard. */
  settled(client: Client): void {
    const { state } = client;
    if (state.link?.kind !== 'live') this.fail(`${client.name} is not connected`);
    const held = entriesOf(state.outbox).length;
    if (held > 0) this.fail(`${client.name} still holds ${held}`);
    const kept = this.store.sessions.get(state.sid);
    if (kept === undefined || kept.record.tx !== state.rx) this.fail(`${client.name} has not heard everything`);
    if (kept.log.length > 0) this.fail('the log holds what was acknowledged');
  }
}
