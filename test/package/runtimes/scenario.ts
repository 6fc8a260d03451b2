import { createFailover, type Failover, type FailoverOptions, SwitchoverError } from 'switchover';
import { createFetch, createPool } from 'switchover/fetch';

/** What a client in some runtime saw of two servers, of which the first is killed and comes back. */
export interface Seen {
  readonly [what: string]: unknown;
}

const OPTIONS = {
  ejection: { connectFailures: 1, coolDownMs: 200, coolDownCapMs: 200, coolDownSpread: 0 },
  probe: { periodMs: 100, successThreshold: 1 },
  failback: { holdMs: 0 },
} satisfies Partial<FailoverOptions>;

/**
 * All that a client can do, through the death of a server and its return.
 *
 * @param act Has something done to the servers; resolves when it is.
 */
export async function scenario(hosts: readonly string[], act: (what: string) => Promise<unknown>): Promise<Seen> {
  const failover = createFailover({ hosts, ...OPTIONS });
  const who = async (init?: RequestInit) => (await failover.fetch('/who', init)).json().then(({ from }) => from);
  const socket = listen(new failover.WebSocket('/echo'));
  const source = listen(new failover.EventSource('/stream'));
  const { channel, got } = openChannel(failover);

  const before = {
    fetch: await who(),
    ky: (await failover.http.get('who').json<{ from: string }>()).from,
    socket: [await socket.next(), await socket.say('hi')],
    events: await source.next(),
    channel: await channel.send({ n: 1 }).then(got),
  };
  await act('kill a');
  const after = {
    firstPost: await firstPost(hosts),
    smallFetch: await smallFetch(hosts),
    fetch: await who(),
    keyedPost: await who({ method: 'POST', body: 'x', headers: { 'idempotency-key': 'once' } }),
    socket: [await socket.next(), await socket.say('again')],
    events: await source.until((data) => data === 'b'),
    channel: await channel.send({ n: 2 }).then(got),
    timeout: await codeOf(() => failover.fetch('/slow', { failover: { timeout: { totalMs: 200 } } })),
  };
  await act('restart a');
  while ((await who()) !== 'a') await new Promise((resolve) => setTimeout(resolve, 20));
  socket.close();
  source.close();
  await channel.close({ end: true });
  failover.close();
  return {
    before,
    after,
    back: 'a',
    closed: await codeOf(() => failover.fetch('/who')),
    refused: await codeOf(async () => createFailover({ hosts: [] })),
  };
}

/** A POST that finds out by itself that its host is dead: it goes on where the runtime says that nothing was sent. */
async function firstPost(hosts: readonly string[]): Promise<unknown> {
  const failover = createFailover({ hosts, ...OPTIONS, name: 'first post' });
  const answer = await codeOf(async () => (await failover.fetch('/who', { method: 'POST', body: 'x' })).json());
  failover.close();
  return answer;
}

/** The small client finds out, too. */
async function smallFetch(hosts: readonly string[]): Promise<unknown> {
  const pool = createPool(hosts);
  const answer = await codeOf(async () => (await createFetch(pool)('/who')).json());
  pool.close();
  return answer;
}

function openChannel(failover: Failover) {
  const channel = failover.channel('/channel', { credential: () => 'ann' });
  const messages: unknown[] = [];
  channel.on('message', (data) => messages.push(data));
  const got = async (): Promise<unknown[]> => {
    while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return messages.splice(0);
  };
  return { channel, got };
}

/** The messages of a socket or of an event stream, one after the other. */
function listen(target: WebSocket | EventSource) {
  const unread: unknown[] = [];
  let wake = (): void => {};
  target.addEventListener('message', (event) => {
    unread.push((event as MessageEvent).data);
    wake();
  });
  const next = async (): Promise<unknown> => {
    while (unread.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return unread.shift();
  };
  return {
    next,
    say: (text: string) => {
      (target as WebSocket).send(text);
      return next();
    },
    until: async (isWanted: (data: unknown) => boolean) => {
      for (;;) {
        const data = await next();
        if (isWanted(data)) return data;
      }
    },
    close: () => target.close(),
  };
}

/** The code of the error that it ends with, or what it gives. */
async function codeOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    return SwitchoverError.is(error) ? error.code : String(error);
  }
}
