/** A session's newest token, as it is stored. */
export interface StoredToken {
  readonly token: string;
  /** Grows with each token, over restarts too: of two tokens of one store, the higher version is the newer one. */
  readonly version: number;
  /** Milliseconds since 1970 from which on it is not sent any more; null where the server did not say. */
  readonly expiresAtMs: number | null;
  /** The hosts of the list when it came: it is meant for them, and for lists that share one of them. */
  readonly origins: readonly string[];
  /** The host that gave it. */
  readonly host: string;
}

/** What is known while there is a token. */
interface Held {
  readonly token: StoredToken;
  /** The hosts that know the session: where it was opened or resumed, and which were not away since. */
  readonly landed: readonly string[];
  /** The server instances that were made ready for it. */
  readonly instances: readonly string[];
  /** When the token was renewed last because a host refused it; null if never. */
  readonly renewedAtMs: number | null;
}

/** Why a session is resumed: at a host that does not know it yet, after a 401, or because its token's time is over. */
export type ResumeReason = 'landing' | 'refused' | 'expired';

/** Where a session stands. Plain data. */
export type SessionState = {
  /** Which session of this client it is: a request begun in one is never carried on in another. */
  readonly session: number;
  /** Of the newest token so far. */
  readonly version: number;
} & (
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly host: string; readonly renewing: boolean }
  | ({ readonly kind: 'open' } & Held)
  | ({ readonly kind: 'resuming'; readonly host: string; readonly why: ResumeReason } & Held)
  /** The token is good; what has to be done on a server instance before work begins there is being done. */
  | ({ readonly kind: 'landing'; readonly host: string } & Held)
  | { readonly kind: 'lost'; readonly host: string }
);

/** A request that wants to go to a host. */
export interface SessionAsk {
  readonly origin: string;
  /** The version of the token that this host has just refused; null for none. */
  readonly refused: number | null;
}

/** Time and circumstances, handed in. */
export interface SessionEnv {
  /** Monotonic. */
  readonly nowMs: number;
  /** Since 1970. */
  readonly wallMs: number;
  readonly canResume: boolean;
  readonly renewGapMs: number;
}

/** What a request that wants to go to a host must do first. */
export type SessionStep =
  /** Nothing: it goes with the token in hand. */
  | { readonly kind: 'pass' }
  /** Nothing can be done about the refusal: the host's 401 stands. */
  | { readonly kind: 'stand' }
  /** Something under way has to end before more can be said. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'open'; readonly renewing: boolean }
  | { readonly kind: 'resume'; readonly why: ResumeReason }
  /** The token is good here, but the host has yet to be made ready. */
  | { readonly kind: 'land' };

/** How many server instances are remembered as ready: more than a client meets between two logins. */
const INSTANCES_KEPT = 64;

const PASS: SessionStep = { kind: 'pass' };
const STAND: SessionStep = { kind: 'stand' };
const WAIT: SessionStep = { kind: 'wait' };
const LAND: SessionStep = { kind: 'land' };

/** No session. `version` and `session` go on counting from where another one ended. */
export function noSession(version = 0, session = 0): SessionState {
  return { kind: 'none', version, session };
}

/**
 * What a request has to do before it goes to a host.
 *
 * The newest token counts at every host. A host is asked to resume the session once when it is landed on, not at each
 * change between hosts, so two hosts that are in use at the same time never take the session from each other. While one
 * host is being landed on, the others go on; while a token that is known to be bad is replaced, everything waits.
 */
export function sessionStep(state: SessionState, ask: SessionAsk, env: SessionEnv): SessionStep {
  switch (state.kind) {
    case 'none':
    case 'lost':
      return { kind: 'open', renewing: false };
    case 'opening':
      return WAIT;
    case 'open':
      return stepWith(state, ask, env);
    case 'resuming':
      return state.why === 'landing' && stepWith(state, ask, env) === PASS ? PASS : WAIT;
    case 'landing':
      return state.host !== ask.origin && stepWith(state, ask, env) === PASS ? PASS : WAIT;
  }
}

function stepWith(held: Held, { origin, refused }: SessionAsk, env: SessionEnv): SessionStep {
  const { token, landed, renewedAtMs } = held;
  // A refusal that speaks of an older token says nothing of this one.
  if (refused === token.version) {
    const justRenewed = renewedAtMs !== null && env.nowMs - renewedAtMs < env.renewGapMs;
    return justRenewed ? STAND : renewal('refused', env);
  }
  if (token.expiresAtMs !== null && env.wallMs >= token.expiresAtMs) return renewal('expired', env);
  if (landed.includes(origin)) return PASS;
  return env.canResume ? { kind: 'resume', why: 'landing' } : LAND;
}

function renewal(why: ResumeReason, { canResume }: SessionEnv): SessionStep {
  return canResume ? { kind: 'resume', why } : { kind: 'open', renewing: why === 'refused' };
}

/** The state while a step is being taken at a host. */
export function beginStep(state: SessionState, step: SessionStep, host: string): SessionState {
  const { session, version } = state;
  if (step.kind === 'open') return { kind: 'opening', session, version, host, renewing: step.renewing };
  if (state.kind !== 'open') return state;
  if (step.kind === 'resume') return { ...state, kind: 'resuming', host, why: step.why };
  return step.kind === 'land' ? { ...state, kind: 'landing', host } : state;
}

/** A host gave a token: the host is landed on, and everything before it is history. */
export function withToken(state: SessionState, token: StoredToken, nowMs: number): SessionState {
  if (state.kind !== 'opening' && state.kind !== 'resuming') return state;
  const { session, host } = state;
  const { version } = token;
  if (state.kind === 'opening') {
    const renewedAtMs = state.renewing ? nowMs : null;
    return { kind: 'landing', session, version, host, token, landed: [], instances: [], renewedAtMs };
  }
  const { landed, instances } = state;
  const renewedAtMs = state.why === 'refused' ? nowMs : state.renewedAtMs;
  return { kind: 'landing', session, version, host, token, landed, instances, renewedAtMs };
}

/**
 * True where the server instance that is being landed on has not been made ready for this session yet.
 *
 * @param instance What the server called itself; null where it did not: then each landing on its host counts.
 */
export function wantsReady(state: SessionState, instance: string | null): boolean {
  if (state.kind !== 'landing') return false;
  return instance === null ? !state.landed.includes(state.host) : !state.instances.includes(instance);
}

/** The landing is over. `readied`: the instance that was made ready; null for none, or one without a name. */
export function landed(state: SessionState, readied: string | null): SessionState {
  if (state.kind !== 'landing') return state;
  const { session, version, token, renewedAtMs, host } = state;
  const instances = readied === null ? state.instances : [...state.instances, readied].slice(-INSTANCES_KEPT);
  const known = state.landed.includes(host) ? state.landed : [...state.landed, host];
  return { kind: 'open', session, version, token, renewedAtMs, landed: known, instances };
}

/** The step could not be taken: everything is as it was before. A token that had been refused stays forgotten. */
export function stepFailed(state: SessionState): SessionState {
  if (state.kind === 'opening') return noSession(state.version, state.session);
  if (state.kind !== 'resuming' && state.kind !== 'landing') return state;
  const { session, version, token, landed: known, instances, renewedAtMs } = state;
  return { kind: 'open', session, version, token, landed: known, instances, renewedAtMs };
}

/**
 * Another page or process of the same client has put a newer token into the store. An older one changes nothing. Two pages
 * that made a token at the same moment agree on the one that was stored last.
 */
export function adoptToken(state: SessionState, stored: StoredToken): SessionState {
  const { session, version } = state;
  const rivals = 'token' in state && stored.version === version && stored.token !== state.token.token;
  if (stored.version <= version && !rivals) return state;
  const token = rivals ? { ...stored, version: version + 1 } : stored;
  const held = 'token' in state ? state : { landed: [], instances: [], renewedAtMs: null };
  const { landed: known, instances, renewedAtMs } = held;
  return { kind: 'open', session, version: token.version, token, landed: known, instances, renewedAtMs };
}

/** The server does not know the session any more. */
export function loseSession({ session, version }: SessionState, host: string): SessionState {
  return { kind: 'lost', host, session: session + 1, version };
}

/** The app forgets the session. */
export function endSession({ session, version }: SessionState): SessionState {
  return noSession(version, session + 1);
}

/** A host is out of service: what comes back may be another server. */
export function hostAway(state: SessionState, origin: string): SessionState {
  if (!('token' in state) || !state.landed.includes(origin)) return state;
  return { ...state, landed: state.landed.filter((known) => known !== origin) };
}

/**
 * The list of hosts has changed. A token stays where the lists share a host, and belongs to the new list from then on;
 * where they share none, these are strangers, and null says that the token must not be sent to them.
 */
export function retarget(state: SessionState, origins: readonly string[]): SessionState | null {
  if (state.kind !== 'open') return state;
  const { token } = state;
  const isListed = (origin: string) => origins.includes(origin);
  if (!token.origins.some(isListed)) return null;
  if (token.origins.length === origins.length && token.origins.every(isListed)) return state;
  return { ...state, token: { ...token, origins }, landed: state.landed.filter(isListed) };
}
