import { createFetch } from '../../../src/http/createFetch.ts';
import { perRequest } from '../../../src/http/requestOptions.ts';
import { createSession, type Session } from '../../../src/http/session.ts';
import type { SessionContext, SessionOptions } from '../../../src/http/sessionOptions.ts';
import type { SwitchoverError } from '../../../src/policy/error.ts';
import { fullPool } from '../../../src/runtime/fullPool.ts';
import type { HostPool, PoolOptions } from '../../../src/runtime/hostPool.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import { type ManualClock, manualClock } from './fakes.ts';

export const A = 'https://a.test';
export const B = 'https://b.test';
export const C = 'https://c.test';

/** How a fake host answers everything: as it should, with a status, by a refused connection, or never. */
export type HostMode = 'ok' | 'refused' | 'mute' | number;

export interface Received {
  readonly origin: string;
  readonly path: string;
  readonly token: string | null;
}

/** Servers over one table of sessions, as far as a client can tell. Tokens are `t1`, `t2` …; each resume rotates. */
export class Fleet {
  readonly received: Received[] = [];
  readonly modes = new Map<string, HostMode>();
  /** Names that the servers call themselves. */
  readonly instances = new Map<string, string>();
  /** Tokens that are good. A rotated one stays good for a resume until the next one was used. */
  current = '';
  previous = '';
  /** Whether a token is good for work. */
  accepts = (token: string | null): boolean => token !== '' && token === this.current;
  #count = 0;
  readonly #held = new Map<string, Promise<void>>();

  /** What was received at a path, by origin. */
  at(path: string): string[] {
    return this.received.filter((request) => request.path === path).map(({ origin }) => origin);
  }

  /** Lets requests for a path wait until the returned function is called. */
  hold(path: string): () => void {
    let release = () => {};
    this.#held.set(path, new Promise((resolve) => (release = resolve)));
    return () => {
      this.#held.delete(path);
      release();
    };
  }

  /** All sessions are gone from the table. */
  forget(): void {
    this.current = '';
    this.previous = '';
  }

  readonly fetch: Fetch = async (input, init) => {
    const { origin, pathname } = new URL(String(input));
    const headers = new Headers(init?.headers);
    const token = headers.get('x-token') ?? headers.get('authorization')?.replace('Bearer ', '') ?? null;
    const mode = () => this.modes.get(origin) ?? 'ok';
    init?.signal?.throwIfAborted();
    if (mode() === 'refused') throw refusal();
    this.received.push({ origin, path: pathname, token });
    const aborted = new Promise<never>((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
    await Promise.race([this.#held.get(pathname), aborted]);
    const now = mode();
    if (now === 'refused') throw refusal();
    if (now === 'mute') return aborted;
    return typeof now === 'number' ? new Response('no', { status: now }) : this.#answer(origin, pathname, token);
  };

  #answer(origin: string, path: string, token: string | null): Response {
    if (path === '/login') return this.#grant(origin);
    if (path === '/resume') {
      const known = token !== null && (token === this.current || token === this.previous);
      return known ? this.#grant(origin) : new Response('unknown', { status: 404 });
    }
    if (!this.accepts(token)) return new Response('who?', { status: 401 });
    this.previous = '';
    return Response.json({ origin, token });
  }

  #grant(origin: string): Response {
    this.#count++;
    this.previous = this.current;
    this.current = `t${this.#count}`;
    return Response.json({ token: this.current, instance: this.instances.get(origin) });
  }
}

/** What Node's `fetch` rejects with where nobody listens. */
function refusal(): TypeError {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
  return new TypeError('fetch failed', { cause });
}

export const login = async ({ fetch }: SessionContext) => read(await fetch('/login', { method: 'POST' }));

export const resume = async ({ fetch, token }: SessionContext & { token: string }) =>
  read(await fetch('resume', { method: 'POST', headers: { 'x-token': token } }));

async function read(response: Response): Promise<{ token: string; instance?: string }> {
  if (!response.ok) throw new Error(`http ${response.status}`);
  return (await response.json()) as { token: string; instance?: string };
}

/** A client over a fleet, and everything that it told. */
export interface Client {
  readonly fetch: Fetch;
  readonly pool: HostPool;
  readonly session: Session;
  readonly clock: ManualClock;
  /** Names of events, with the host or the code that they carry. */
  readonly told: string[];
  readonly errors: SwitchoverError[];
}

export interface ClientOptions {
  readonly hosts?: readonly string[];
  readonly session?: Partial<SessionOptions>;
  readonly pool?: PoolOptions;
}

export function clientOf(fleet: Fleet, { hosts = [A, B], session, pool: more }: ClientOptions = {}): Client {
  const clock = manualClock();
  const pool = fullPool(hosts, { fetch: fleet.fetch, clock, random: () => 0.5, ...more });
  const told: string[] = [];
  const errors: SwitchoverError[] = [];
  const note = (error: SwitchoverError, words: string) => {
    errors.push(error);
    told.push(`${words} ${error.code}`);
  };
  pool.events.on('session', ({ kind, host }) => told.push(`${kind} ${host}`));
  pool.events.on('session:lost', ({ host, error }) => note(error, `lost ${host}`));
  pool.events.on('warning', (error) => note(error, 'warning'));
  const made = createSession(pool, { open: login, resume, ...session });
  return {
    fetch: createFetch(pool, { session: made.part, options: perRequest }),
    pool,
    session: made,
    clock,
    told,
    errors,
  };
}

/** The host that answered, and the token that it saw. */
export async function who(response: Promise<Response>): Promise<{ origin: string; token: string } | number> {
  const answer = await response;
  return answer.ok ? ((await answer.json()) as { origin: string; token: string }) : answer.status;
}
