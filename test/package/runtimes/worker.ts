/** The client in workerd: a module worker and a Durable Object. Each path is a way to use the library, right or wrong. */
import { createFailover, type Failover, SwitchoverError } from 'switchover';
import { createFetch, createPool } from 'switchover/fetch';
import { scenario } from './scenario.ts';

interface Env {
  readonly CONTROL: string;
  readonly HOSTS: string;
  readonly KEEPER: {
    idFromName(name: string): object;
    get(id: object): { fetch(request: Request): Promise<Response> };
  };
}

const EAGER = {
  ejection: { connectFailures: 1, coolDownMs: 1_000, coolDownCapMs: 1_000, coolDownSpread: 0 },
  failback: { holdMs: 0 },
  timeout: { attemptMs: 1_000 },
} as const;

const atModuleScope = { createFailover: codeOf(createFailover), createPool: codeOf(createPoolOf) };
const kept: { failover?: Failover; fetch?: ReturnType<typeof createFetch> } = {};

// biome-ignore lint/style/noDefaultExport: what workerd runs
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const hosts: string[] = JSON.parse(env.HOSTS);
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case '/scenario':
        return Response.json(await scenario(hosts, async (what) => (await fetch(`${env.CONTROL}/${what}`)).text()));
      case '/module':
        return Response.json(atModuleScope);
      case '/kept':
        return Response.json(await useKept(hosts));
      case '/own':
        return Response.json(await askOnce(hosts, searchParams.get('name') ?? 'own'));
      case '/passed-on':
        // As a gateway does it: the body flows on while the handler has returned.
        return createFailover({ hosts, ...EAGER, name: 'passed on' }).fetch('/who', request);
      default:
        return env.KEEPER.get(env.KEEPER.idFromName('one')).fetch(request);
    }
  },
};

/** What a Durable Object keeps lives on from one request to the next. */
export class Keeper {
  readonly #failover: Failover;

  constructor(_state: unknown, env: Env) {
    this.#failover = createFailover({
      hosts: JSON.parse(env.HOSTS),
      name: 'keeper',
      ejection: { connectFailures: 1, coolDownMs: 100, coolDownCapMs: 100 },
      probe: { periodMs: 50, successThreshold: 1 },
      failback: { proof: 'probe', holdMs: 0 },
    });
  }

  async fetch(): Promise<Response> {
    const answer = await this.#failover.fetch('/who');
    return Response.json({ ...(await answer.json()), current: this.#failover.status.current });
  }
}

/** As each request should: with a failover of its own. Tells how many hosts it had to ask. */
async function askOnce(hosts: string[], name: string): Promise<object> {
  let asked = 0;
  const failover = createFailover({
    hosts,
    name,
    ...EAGER,
    fetch: (input, init) => {
      asked++;
      return fetch(input, init);
    },
  });
  const answer = await failover.fetch('/who');
  return { ...(await answer.json()), asked };
}

async function useKept(hosts: string[]): Promise<object> {
  kept.failover ??= createFailover({ hosts });
  kept.fetch ??= createFetch(createPool(hosts));
  const { failover, fetch: plainFetch } = kept;
  return {
    fetch: await codeOfPromise(() => failover.fetch('/who')),
    ky: await codeOfPromise(() => failover.http.get('who')),
    plainFetch: await codeOfPromise(() => plainFetch('/who')),
    socket: await codeOfPromise(() => connected(new failover.WebSocket('/echo'))),
    events: await codeOfPromise(() => connected(new failover.EventSource('/stream'))),
    channel: codeOf(() => void failover.channel('/channel').close()),
  };
}

function connected(socket: WebSocket | EventSource): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      socket.close();
      settle();
    };
    socket.addEventListener('open', end(resolve));
    socket.addEventListener('error', (event) => end(() => reject((event as ErrorEvent).error))());
    setTimeout(
      end(() => reject('silence')),
      3_000,
    );
  });
}

function createPoolOf({ hosts }: { hosts: string[] }): unknown {
  return createPool(hosts);
}

function codeOf(act: (options: { hosts: string[] }) => unknown): string {
  try {
    act({ hosts: ['http://127.0.0.1'] });
    return 'fine';
  } catch (error) {
    return SwitchoverError.is(error) ? error.code : String(error);
  }
}

async function codeOfPromise(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'fine';
  } catch (error) {
    return SwitchoverError.is(error) ? error.code : String(error);
  }
}
