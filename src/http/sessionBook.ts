import { DEFAULTS } from '../policy/defaults.ts';
import type { SwitchoverError } from '../policy/error.ts';
import {
  adoptToken,
  endSession,
  hostAway,
  loseSession,
  noSession,
  retarget,
  type SessionAsk,
  type SessionState,
  type SessionStep,
  type StoredToken,
  sessionStep,
  withToken,
} from '../policy/sessionState.ts';
import type { HostConfig } from '../policy/topology.ts';
import { throwIfAborted } from '../runtime/abortReason.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { strangers, unsendable } from './sessionErrors.ts';
import type { SessionPass } from './sessionGate.ts';
import type { SessionGrant, SessionOptions } from './sessionOptions.ts';
import { SessionStore } from './sessionStore.ts';

/** What is known of a client's session, held together: the state, the pass that goes with its token, the store. */
export class SessionBook {
  /** For the token of the present state. */
  pass: SessionPass | null = null;
  #state: SessionState = noSession();
  readonly #watching = new Set<() => void>();
  readonly #pool: HostPool;
  readonly #options: SessionOptions;
  readonly #store: SessionStore;
  /** The list that the token was checked against. */
  #hosts: readonly HostConfig[] = [];

  constructor(pool: HostPool, options: SessionOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#store = new SessionStore(pool, options.key, options.storage);
    pool.events.on('health', ({ origin, state }) => {
      if (state === 'ejected' || state === 'inactive') this.state = hostAway(this.state, origin);
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  set state(next: SessionState) {
    const before = this.#state;
    this.#state = next;
    if (shownKind(before) === shownKind(next) && tokenHost(before) === tokenHost(next)) return;
    for (const tell of this.#watching) tell();
  }

  /** Calls `tell` after each change that an app can see; the returned function ends it. */
  onChange(tell: () => void): () => void {
    this.#watching.add(tell);
    return () => this.#watching.delete(tell);
  }

  /** What a request must do before it goes to a host. */
  step(ask: SessionAsk): SessionStep {
    const { clock } = this.#pool.ports;
    return sessionStep(this.state, ask, {
      nowMs: clock.now(),
      wallMs: clock.wallTime(),
      canResume: this.#options.resume !== undefined,
      renewGapMs: DEFAULTS.session.renewGapMs,
    });
  }

  /** Looks whether the token may still be sent, if the list of hosts has changed. */
  review(): void {
    const { hosts } = this.#pool;
    if (hosts === this.#hosts) return;
    this.#hosts = hosts;
    const before = this.state;
    const after = retarget(before, originsOf(hosts));
    if (after === null) this.#dropForeign();
    else {
      this.state = after;
      if (after !== before && 'token' in after) void this.#store.write(after.token);
    }
  }

  /** See {@link SessionStore.turn}. */
  turn(signal: AbortSignal): ReturnType<SessionStore['turn']> {
    return this.#store.turn(signal);
  }

  /** Takes over a token that is newer than the one in hand, where the store has one. */
  async adoptStored(signal: AbortSignal): Promise<boolean> {
    const token = await this.#store.read();
    throwIfAborted(signal);
    if (token === null) return false;
    const adopted = adoptToken(this.state, token);
    if (adopted === this.state || !('token' in adopted)) return false;
    try {
      this.pass = this.#passFor(adopted.token);
    } catch {
      this.#store.reject();
      return false;
    }
    this.state = adopted;
    this.#hosts = [];
    this.review();
    return true;
  }

  /** Stores what a host has granted, and only then puts it to use. */
  async install(grant: SessionGrant, host: string, origins: readonly string[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#pool.ports;
    const expiresAtMs = grant.expiresInMs == null ? null : clock.wallTime() + grant.expiresInMs;
    const token = { token: grant.token, version: this.state.version + 1, expiresAtMs, origins, host };
    const pass = this.#passFor(token);
    const stored = await this.#store.add(token);
    throwIfAborted(signal);
    this.state = withToken(this.state, stored, clock.now());
    this.pass = { ...pass, version: stored.version };
  }

  lose(host: string, error: SwitchoverError): void {
    this.state = loseSession(this.state, host);
    void this.#forget();
    this.tellLost(host, error);
  }

  tellLost(host: string, error: SwitchoverError): void {
    this.#pool.emit('session:lost', { host, error });
  }

  end(): Promise<void> {
    this.state = endSession(this.state);
    return this.#forget();
  }

  #dropForeign(): void {
    const host = 'token' in this.state ? this.state.token.host : '';
    void this.end();
    this.tellLost(host, strangers());
  }

  #forget(): Promise<void> {
    this.pass = null;
    return this.#store.write(null);
  }

  /** Whatever is wrong with the headers, the error must not show them. */
  #passFor({ token, version }: StoredToken): SessionPass {
    const headers = (this.#options.attach ?? bearer)(token);
    try {
      new Headers({ ...headers });
    } catch {
      throw unsendable();
    }
    return { headers, version, session: this.state.session };
  }
}

/** What an app sees of a state. A host being made ready is no concern of the session, which is open already. */
export const shownKind = ({ kind }: SessionState): Exclude<SessionState['kind'], 'landing'> =>
  kind === 'landing' ? 'open' : kind;

/** The host that gave the present token; null where there is none. */
export const tokenHost = (state: SessionState): string | null => ('token' in state ? state.token.host : null);

export const originsOf = (hosts: readonly HostConfig[]): readonly string[] => hosts.map(({ origin }) => origin);

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
