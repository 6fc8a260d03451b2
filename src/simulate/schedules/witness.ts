import type { ClientEffect, ClientEvent, ClientState } from '../../session/clientState.ts';
import type { FrameFromClient, Range } from '../../session/frames.ts';
import type { Entry } from '../../session/outbox.ts';
import type { ServerState, StoreRequest, StoreResult } from '../../session/serverState.ts';
import { isExpired } from '../../session/sessionRecord.ts';
import type { App, News } from './app.ts';
import { checkClient, checkRecord, checkServer } from './bounds.ts';
import { broken } from './brokenPromise.ts';
import type { Clock } from './clock.ts';
import type { Disk, Piece } from './disk.ts';
import { Downward } from './downward.ts';
import { numberOf } from './messages.ts';
import { INBOX } from './parties.ts';
import type { PlainStore } from './plainStore.ts';
import { Rights } from './rights.ts';
import { type Doubt, Upward } from './upward.ts';

/** What is seen of a client's process. */
export interface SeenClient {
  readonly name: string;
  readonly running: boolean;
  readonly state: ClientState;
  readonly app: App;
  readonly sends: { readonly count: number };
}

/** What a thief may have seen on the wire. */
export interface Shown {
  readonly sid: string;
  readonly token: string;
  readonly subject: string;
}

/** Sees what the applications, the machines and the store see, and complains at once when a promise is broken. */
export class Witness {
  /** There are two owners of a stored session, now or before. */
  copied = false;
  /** Clients whose disks have brought back what they were before: as if somebody else had gone on from there meanwhile. */
  readonly #setBack = new Set<string>();
  /** Sessions that somebody else has taken, or that were given up with somebody else's credential. */
  readonly #forfeited = new Set<string>();
  readonly upward = new Upward();
  readonly seenTokens: Shown[] = [];
  /** How often what has happened. */
  readonly met = new Map<string, number>();
  readonly #store: PlainStore;
  readonly #storeClock: Clock;
  readonly #downward = new Downward();
  readonly #rights = new Rights();
  #effects = 0;

  constructor(store: PlainStore, storeClock: Clock) {
    this.#storeClock = storeClock;
    this.#store = store;
  }

  meet(name: string): void {
    this.met.set(name, (this.met.get(name) ?? 0) + 1);
  }

  stepped({ name, state }: SeenClient, before: ClientState, event: ClientEvent): void {
    checkClient(state);
    if ('link' in event && before.link?.id !== event.link && !before.attempts.some(({ id }) => id === event.link)) {
      this.meet('late news');
      if (state !== before) broken('a client listened to a connection that it had left');
    }
    const turnedAway = before.sid !== '' && state.sid === '' && state.stopped === 0;
    if (turnedAway) this.#mayLose(name, before, 'was turned away from');
  }

  saw(client: SeenClient, effect: ClientEffect, before: ClientState): void {
    switch (effect.kind) {
      case 'opened':
        this.meet(effect.welcome.result);
        if (before.cause === 'drain' || before.cause === 'asked') this.meet('moved');
        if (effect.welcome.result === 'new' && before.sid !== '') this.#mayLose(client.name, before, 'lost');
        return;
      case 'accepted':
        this.upward.ended(effect.id, 'accepted', this.#doubt(client.name));
        return;
      case 'refused':
        this.meet(`refused ${effect.why}`);
        this.upward.ended(effect.id, 'refused', this.#doubt(client.name));
        return;
      case 'unknown':
        this.meet(effect.resent ? 'resent' : 'unknown');
        if (!effect.resent) this.upward.ended(effect.id, 'unknown', this.#doubt(client.name));
        return;
      default:
        this.meet(`${effect.kind}${effect.kind === 'stopped' && client.running ? ` ${effect.code}` : ''}`);
    }
  }

  /** A session is lost only where the store has lost it, or nobody came for too long. With copies, either may take it from the other. */
  #mayLose(name: string, { sid, stream }: ClientState, what: string): void {
    const kept = this.#store.sessions.get(sid)?.record;
    this.meet('session lost');
    if (kept === undefined || this.#isDoubled(name) || this.#forfeited.has(sid)) return;
    if (kept.stream !== stream || isExpired(kept, this.#storeClock.nowMs)) return;
    broken(`a client ${what} ${sid}, which the store still has`);
  }

  got(client: SeenClient, news: News): App {
    if (news.kind === 'gap') this.meet(news.to === null ? 'lost s2c' : 'gap s2c');
    return this.#downward.got(client.name, client.app, news, this.#isDoubled(client.name));
  }

  heardOfLoss({ stream, from, to }: Extract<News, { kind: 'gap' }>): void {
    this.meet('gap c2s');
    if (to !== null) this.upward.lost(stream, [from, to]);
  }

  owes(client: string, entries: readonly Entry[]): void {
    this.upward.owes(client, entries);
  }

  /** A process has begun, with what it has found. */
  restored({ name }: SeenClient, found: Piece | null, disk: Disk, how: 'sound' | 'torn' | 'unreadable'): void {
    const entries = found?.session.outbox.entries ?? [];
    this.meet('restored');
    if (how === 'unreadable') this.meet('disk unreadable');
    else if (disk.isTorn) this.meet('disk torn');
    else if (disk.isBehind) {
      this.meet('set back');
      this.#setBack.add(name);
      this.upward.setBack(entries, (found?.session.sid ?? '') !== '');
    }
    this.upward.restored(name, entries);
  }

  /** Nobody can say any more that a session is lost without a reason. */
  forfeit(sid: string): void {
    this.#forfeited.add(sid);
  }

  #doubt(name: string): Doubt {
    return { copied: this.copied, setBack: this.#setBack.has(name) };
  }

  #isDoubled(name: string): boolean {
    return this.copied || this.#setBack.has(name);
  }

  backedUp(): void {
    this.#rights.backUp();
  }

  /** The store is what it was, and so is what the application made of it. */
  storeSetBack(): void {
    this.meet('store set back');
    this.#rights.restore();
    // Its tokens are those of then: who has got another since is turned away.
    for (const sid of this.#store.sessions.keys()) this.forfeit(sid);
    this.#effects = this.#store.effects.length;
    this.upward.undo(this.#store.effects);
  }

  /** So many messages wait for a client's application. */
  waits({ name }: SeenClient, count: number): void {
    if (count === INBOX + 1) this.meet('inbox full');
    if (count > INBOX + 1) broken(`${count} messages wait for the application of ${name}`);
  }

  shown(frame: FrameFromClient, client: string): void {
    if (frame.kind !== 'hello' || frame.sid === '') return;
    this.seenTokens.push({ sid: frame.sid, token: frame.token, subject: client.replace(/[-+].*/, '') });
  }

  served(state: ServerState): void {
    checkServer(state);
  }

  /** Somebody has shown who he is. */
  judged(state: ServerState, subject: string): void {
    if (state.kind === 'open' && state.subject !== subject) {
      broken(`the session of ${state.subject} goes on with the credential of ${subject}`);
    }
  }

  /** A server's application was told that numbers will not come. */
  givenUpBy(stream: string, range: Range | null): void {
    this.meet('given up');
    if (range !== null) this.upward.givenUp(stream, range);
  }

  /** The store has done something. */
  ran(request: StoreRequest, result: StoreResult): void {
    const kept = this.#store.sessions.get(result.kind === 'attached' ? result.record.sid : request.sid);
    if (kept !== undefined) checkRecord(kept.record, kept.log.length);
    for (; this.#effects < this.#store.effects.length; this.#effects++) {
      const effect = this.#store.effects[this.#effects];
      if (effect !== undefined) this.upward.tookEffect(effect);
    }
    if (request.op === 'attach') {
      if (result.kind === 'refused') this.meet(`token ${result.why}`);
      // The store's clock may be set back before the client hears of it.
      const asked = this.#store.sessions.get(request.sid)?.record;
      if (asked !== undefined && isExpired(asked, this.#storeClock.nowMs)) this.forfeit(request.sid);
      this.#rights.attached(request, result as Extract<StoreResult, { kind: 'attached' | 'refused' }>);
    } else if (request.op === 'append') {
      if (result.kind !== 'appended' || kept === undefined) return;
      this.#downward.said(kept.record.stream, result.seq, numberOf(request.payload), kept.record.floor);
    } else if (result.kind === 'fenced') this.meet('fenced');
    else if (result.kind !== 'failed') this.#rights.used(request.op, request.sid, request.stream, request.epoch);
  }

  /** With the faults over, everything that was sent has its end, and everything that was said was heard. */
  settled({ name, state, app, sends }: SeenClient): void {
    if (state.link?.kind !== 'live') broken(`${name} is not connected`);
    const kept = this.#store.sessions.get(state.sid);
    if (kept === undefined || kept.record.tx !== state.rx) broken(`${name} has not heard everything`);
    if (state.outbox.head !== state.outbox.end) broken(`${name} still holds messages`);
    if (kept.log.length > 0) broken(`the log of ${name} holds what was acknowledged`);
    if (sends.count > 0) broken(`${name} still has messages that wait for room`);
    if (this.copied) return;
    this.upward.settled(name);
    for (const [stream, { lost }] of Object.entries(app)) {
      if (stream !== state.stream && !lost) broken(`${name} was never told that ${stream} was lost`);
    }
  }
}
