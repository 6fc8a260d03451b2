import { vi } from 'vitest';
import { afterMove, type Moves } from '../../../../src/policy/navigationMoves.ts';
import { type RememberedHealth, readHealth, withHost } from '../../../../src/policy/rememberedHealth.ts';
import type { FetchEvent, WorkerScope } from '../../../../src/serviceWorker/events.ts';
import { MODES } from '../../../../src/serviceWorker/modes/byName.ts';
import type { WorkerSite } from '../../../../src/serviceWorker/navigation/workerSite.ts';
import { readSiteOptions, type SiteOptions } from '../../../../src/site/options.ts';

export const A = 'https://a.example';
export const B = 'https://b.example';
export const C = 'https://c.example';

/** What a server says to a request; an error is thrown, `silent` never comes. */
export type Saying = Response | Error | 'silent';

/** A worker at A whose network is a function. */
export interface FakeWorker {
  readonly site: WorkerSite;
  readonly asked: Request[];
  health(): RememberedHealth;
  moves(): Moves;
  /** A navigation to a path of A. */
  navigate(
    path: string,
    init?: { readonly signal?: AbortSignal; readonly headers?: Record<string, string> },
  ): FetchEvent;
}

export function fakeWorker(options: Partial<SiteOptions>, network: (request: Request) => Saying): FakeWorker {
  const config = readSiteOptions({ hosts: [A, B], ...options });
  const asked: Request[] = [];
  vi.stubGlobal('fetch', (input: string | Request | FakeRequest, init: RequestInit = {}) => {
    const isReal = typeof input === 'string' || input instanceof Request;
    const request = new Request(isReal ? input : input.url, init);
    asked.push(request);
    return answerTo(request, network);
  });
  let health = readHealth(undefined, Date.now());
  let moves: Moves = [];
  const [own] = config.hosts;
  if (own === undefined) throw new Error('no host');
  const site: WorkerSite = {
    config,
    mode: MODES[config.mode],
    scope: { location: { origin: A }, navigator: { onLine: true } } as unknown as WorkerScope,
    own,
    known: {
      load: async () => {},
      isLoaded: true,
      get health() {
        return readHealth(JSON.stringify(health), Date.now());
      },
      get moves() {
        return moves;
      },
      note(_, origin, change) {
        const env = { nowMs: Date.now(), random: () => 0.5 };
        health = withHost(readHealth(JSON.stringify(health), env.nowMs), origin, (host) => change(host, env));
      },
      noteMove(_, page, to) {
        moves = afterMove(moves, page, to, Date.now());
      },
    },
    offline: {
      keep: async () => {},
      removeOld: async () => {},
      show: async (_, to) => new Response(`offline ${to ?? ''}`, { status: 503 }),
    },
    servedBy: undefined,
    isLookingOut: true,
  };
  return {
    site,
    asked,
    health: () => health,
    moves: () => moves,
    navigate: (path, { signal = new AbortController().signal, headers = {} } = {}) => {
      const request: FakeRequest = {
        url: A + path,
        method: 'GET',
        mode: 'navigate',
        destination: 'document',
        headers: new Headers(headers),
        cache: 'default',
        referrer: '',
        referrerPolicy: '',
        signal,
      };
      return { request, waitUntil: () => {}, respondWith: () => {} } as unknown as FetchEvent;
    },
  };
}

type FakeRequest = Pick<
  Request,
  'url' | 'method' | 'mode' | 'destination' | 'headers' | 'cache' | 'referrer' | 'referrerPolicy' | 'signal'
>;

function answerTo(request: Request, network: (request: Request) => Saying): Promise<Response> {
  const said = network(request);
  return new Promise((resolve, reject) => {
    if (said instanceof Error) reject(said);
    else if (said !== 'silent') {
      Object.defineProperty(said, 'url', { value: said.url || request.url });
      resolve(said);
    } else request.signal.addEventListener('abort', () => reject(request.signal.reason));
  });
}
