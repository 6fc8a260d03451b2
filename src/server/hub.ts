import type { Clock, MaybePromise } from '../runtime/ports.ts';
import { type AdmissionState, admit, openAdmission } from '../session/admission.ts';
import { CLOSE, type Range } from '../session/frames.ts';
import { busyWindowMs, retryWindowMs, sessionLifeMs } from '../session/retryWindow.ts';
import type { ServerPolicy } from '../session/serverPolicy.ts';
import type { HostsNews, StoreRequest } from '../session/serverState.ts';
import { NEVER } from '../session/sessionEnv.ts';
import type { AttachRequest } from '../session/sessionRecord.ts';
import { Announcer } from './announcer.ts';
import type { Connection, Owner, Refusal } from './connection.ts';
import { Deadlines } from './deadlines.ts';
import { Delivery } from './delivery.ts';
import { LiveSession } from './liveSession.ts';
import { Newsroom } from './newsroom.ts';
import type { DrawBytes } from './secrets.ts';
import type { Credentials, ServerSettings } from './serverOptions.ts';
import type { Identity, Opening } from './session.ts';
import type { AcceptRequest, StoreTransaction } from './sessionStore.ts';
import { StoreDesk } from './storeDesk.ts';

/** What a server is to its clients. */
export interface Standing {
  readonly role: 'active' | 'standby' | 'draining';
  /** Where those go who are not served here; null: anywhere else. */
  readonly to: string | null;
}

/** All connections of a server, and what they share: the store, the timer, the limits, the listeners. */
export class Hub<Transaction extends StoreTransaction, I extends Identity> implements Owner<I> {
  readonly clock: Clock;
  readonly draw: DrawBytes;
  readonly bufferedBytes: number;
  readonly announcer = new Announcer<I>();
  readonly desk: StoreDesk<Transaction, I>;
  readonly delivery: Delivery<Transaction, I>;
  readonly newsroom: Newsroom;
  readonly connections = new Set<Connection<I>>();
  /** The connections whose sessions are open here. */
  readonly open = new Map<string, Connection<I>>();
  standing: Standing;
  hosts: HostsNews = {};
  /** Called whenever a connection has ended. */
  onEnd: () => void = () => {};
  readonly #settings: ServerSettings<Transaction, I>;
  readonly #send: (sid: string, data: unknown) => MaybePromise<boolean>;
  readonly #deadlines: Deadlines<Connection<I>>;
  #admission: AdmissionState;
  #policy: ServerPolicy;
  #due: Connection<I>[] = [];

  constructor(
    settings: ServerSettings<Transaction, I>,
    standing: Standing,
    send: (sid: string, data: unknown) => MaybePromise<boolean>,
  ) {
    const { clock, store, limits, poison, admission } = settings;
    this.#settings = settings;
    this.#send = send;
    this.standing = standing;
    this.clock = clock;
    this.draw = settings.draw;
    this.bufferedBytes = limits.bufferedBytes;
    this.#policy = settings.policy;
    this.desk = new StoreDesk(store, this.announcer);
    this.delivery = new Delivery(store, poison, (error) => this.announcer.emit('warning', error));
    this.newsroom = new Newsroom((sid) => this.open.get(sid));
    this.#deadlines = new Deadlines(clock, (connection) => connection.tick());
    this.#admission = openAdmission(admission, clock.now());
    this.#setWindow();
  }

  get policy(): ServerPolicy {
    return this.#policy;
  }

  turnAway(resumes: boolean): Refusal | null {
    const { role, to } = this.standing;
    const windowMs = this.#policy.retryWindowMs;
    if (role !== 'active') return { kind: 'close', code: CLOSE.away, windowMs, ...(to === null ? {} : { to }) };
    const { state, waitMs } = admit(this.#admission, this.#settings.admission, resumes, this.clock.now());
    this.#admission = state;
    if (waitMs === null) return null;
    return { kind: 'close', code: CLOSE.busy, windowMs: busyWindowMs(waitMs, this.#policy.ttlMs) };
  }

  windowFor(code: number): { readonly windowMs?: number } {
    return code === CLOSE.busy ? { windowMs: this.#policy.retryWindowMs } : {};
  }

  authenticate(credentials: Credentials): MaybePromise<I | number> {
    const failed = (error: unknown): number => {
      this.announcer.warn('HANDLER_FAILED', '`authenticate` has failed.', error);
      return CLOSE.unauthenticated;
    };
    try {
      const answer = this.#settings.authenticate(credentials);
      return answer instanceof Promise ? answer.then(judge).catch(failed) : judge(answer);
    } catch (error) {
      return failed(error);
    }
  }

  ask(connection: Connection<I>, request: StoreRequest): void {
    if (request.op === 'accept') this.#accept(connection, request);
    else if (request.op === 'attach') this.#attach(connection, request);
    else this.desk.await(this.desk.run(request), (result) => connection.feed({ kind: 'stored', result }));
  }

  deliverSoon(connection: Connection<I>): void {
    if (this.#due.push(connection) === 1) queueMicrotask(this.#deliver);
  }

  wakeBy(connection: Connection<I>, atMs: number): void {
    if (atMs < NEVER) this.#deadlines.set(connection, atMs);
  }

  opened(connection: Connection<I>, sid: string, result: Opening['result']): void {
    const { state, identity } = connection;
    if (state.kind !== 'open' || identity === null) return;
    const session = new LiveSession(sid, identity, connection, this.#send);
    connection.session = session;
    const before = this.open.get(sid);
    this.open.set(sid, connection);
    before?.feed({ kind: 'superseded', epoch: state.epoch });
    this.#setWindow();
    this.newsroom.catchUp(sid, connection);
    this.announcer.emit('session', session, { result });
  }

  gap({ session }: Connection<I>, range: Range | null): void {
    if (session !== null) this.announcer.emit('gap', session, range);
  }

  alarm(subject: string, why: 'reused' | 'unknown' | 'subject', sid: string): void {
    this.announcer.emit('alarm', { why, sid, subject });
  }

  ended(connection: Connection<I>): void {
    this.connections.delete(connection);
    const { session } = connection;
    if (session !== null) {
      if (this.open.get(session.sid) === connection) this.open.delete(session.sid);
      this.#setWindow();
      this.announcer.emit('closed', session, connection.closedWith);
    }
    this.onEnd();
  }

  failed(error: unknown): void {
    this.announcer.warn(
      'HANDLER_FAILED',
      'A connection was given up: its transport, or a step of it, has thrown.',
      error,
    );
  }

  /** Ends all that runs by itself. */
  close(): void {
    this.#deadlines.clear();
  }

  #attach(connection: Connection<I>, request: AttachRequest): void {
    this.newsroom.attachBegins();
    this.desk.await(this.desk.run(request), (result) => {
      connection.feed({ kind: 'stored', result, news: this.hosts });
      this.newsroom.attachEnds();
    });
  }

  #accept(connection: Connection<I>, request: AcceptRequest): void {
    const { session } = connection;
    if (session === null) return;
    this.desk.await(this.#delivered(session, request), ({ result, backOffMs }) => {
      if (backOffMs === null || result.kind === 'accepted') connection.feed({ kind: 'stored', result });
      if (backOffMs !== null) connection.feed({ kind: 'close', code: CLOSE.busy, windowMs: backOffMs });
    });
  }

  #delivered(session: NonNullable<Connection<I>['session']>, request: AcceptRequest) {
    const failed = (error: unknown) => ({ result: this.desk.failed(request, error), backOffMs: null });
    try {
      const answer = this.delivery.accept(session, request);
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  }

  readonly #deliver = (): void => {
    const due = this.#due;
    this.#due = [];
    for (const connection of due) connection.deliver();
  };

  /** Those who are here now, at the rate that the server which takes them lets them in. */
  #setWindow(): void {
    const { fixedWindowMs, admission, policy } = this.#settings;
    const windowMs = fixedWindowMs ?? retryWindowMs(this.open.size, admission.ratePerSecond);
    if (windowMs === this.#policy.retryWindowMs) return;
    this.#policy = { ...policy, retryWindowMs: windowMs, ttlMs: sessionLifeMs(policy.ttlMs, windowMs) };
  }
}

function judge<I extends Identity>(answer: I | null | 'unavailable'): I | number {
  if (answer === 'unavailable') return CLOSE.busy;
  if (answer === null || answer === undefined) return CLOSE.unauthenticated;
  if (typeof answer.subject === 'string' && answer.subject !== '') return answer;
  throw new TypeError('authenticate has to answer with a subject: a text that is not empty.');
}
