import { describe, expect, test } from 'vitest';
import { session } from './appSession.ts';
import { pathsAt, tell, times, tokensAt, useClients, useServers, work } from './servers.ts';

const start = useServers();
const client = useClients();

describe('a session over servers that share a table', () => {
  test('goes on at the standby when the active one is killed: 200 requests, one login, one resume, another token', async () => {
    const [a, b] = await pair();
    const failover = client([a, b]);
    expect(await work(failover, 0)).toMatchObject({ server: 'a', user: 'ada' });
    await a.kill();
    const answers = await Promise.all(times(200, (at) => work(failover, at)));
    expect(new Set(answers.map(({ server, session: id }) => `${server} ${id}`))).toEqual(new Set(['b 1']));
    expect(pathsAt(a)).toMatchObject({ '/login': 1, '/work': 1 });
    expect(pathsAt(b)).toEqual({ '/resume': 1, '/work': 200 });
    const [first] = tokensAt(a, '/work');
    expect(tokensAt(b, '/resume')).toEqual([first]);
    const atB = new Set(tokensAt(b, '/work'));
    expect([atB.size, atB.has(first ?? null)]).toEqual([1, false]);
  });

  test('survives requests that are on the way while the active one is killed', async () => {
    const [a, b] = await pair();
    const failover = client([a, b]);
    await work(failover, 0);
    const answers = times(200, (at) => work(failover, at));
    await a.kill();
    for (const answer of await Promise.all(answers)) expect(answer.session).toBe(1);
    expect(pathsAt(b)['/resume']).toBe(1);
    expect(pathsAt(b)['/login']).toBeUndefined();
  });

  test('is renewed once when every token is refused at once', async () => {
    const [a, b] = await pair();
    const failover = client([a, b]);
    await work(failover, 0);
    await tell(a, { kind: 'expire' });
    const answers = await Promise.all(times(200, (at) => work(failover, at)));
    expect(new Set(answers.map(({ server, session: id }) => `${server} ${id}`))).toEqual(new Set(['a 1']));
    expect(pathsAt(a)).toMatchObject({ '/login': 1, '/resume': 1 });
    expect(pathsAt(b)).toEqual({});
  });

  test('is not lost by a server that dies in the resume, after it has rotated the token', async () => {
    const [a, b, c] = await trio();
    const failover = client([a, b, c]);
    await work(failover, 0);
    await tell(b, { kind: 'dieInResume' });
    await a.kill();
    const answers = await Promise.all(times(50, (at) => work(failover, at)));
    for (const answer of answers) expect(answer).toMatchObject({ server: 'c', session: 1 });
    expect([pathsAt(b), pathsAt(c)]).toEqual([{ '/resume': 1 }, { '/resume': 1, '/work': 50 }]);
  });

  test('goes on at the standby when the active one is frozen, and is resumed at most once more when that one is back', async () => {
    const [a, b] = await pair();
    const failover = client([a, b], {
      timeout: { attemptMs: 500, waryAttemptMs: 500 },
      probe: { periodMs: 20, timeoutMs: 200 },
      ejection: { coolDownMs: 50, coolDownCapMs: 50, coolDownSpread: 0 },
      failback: { holdMs: 0 },
    });
    await work(failover, 0);
    const back = new Promise((resolve) => failover.on('failback', resolve));
    await a.freeze();
    const answers = await Promise.all(times(100, (at) => work(failover, at)));
    for (const answer of answers) expect(answer).toMatchObject({ server: 'b', session: 1 });
    expect([pathsAt(a)['/resume'], pathsAt(b)['/resume']]).toEqual([undefined, 1]);
    await a.thaw();
    await back;
    for (const answer of await Promise.all(times(100, (at) => work(failover, at)))) expect(answer.session).toBe(1);
    expect(pathsAt(a)['/resume'] ?? 0).toBeLessThanOrEqual(1);
    expect([pathsAt(b)['/resume'], pathsAt(b)['/login']]).toEqual([1, undefined]);
  });

  test('costs one resume for each host, however two of them are used at the same time', async () => {
    const [a, b] = await pair();
    const failover = client([a, b]);
    await work(failover, 0);
    const pinned = (at: number) =>
      failover.http.get(`work?at=${at}`, { failover: { pin: at % 2 === 0 ? a.url : b.url } }).json();
    for (let round = 0; round < 10; round++) await Promise.all(times(10, pinned));
    expect([pathsAt(a)['/resume'], pathsAt(b)['/resume'], pathsAt(b)['/login']]).toEqual([undefined, 1, undefined]);
  });

  test('that the servers have forgotten is told as lost, once, and the next request opens another', async () => {
    const [a, b] = await pair();
    const failover = client([a, b]);
    const lost: string[] = [];
    failover.on('session:lost', ({ error }) => lost.push(error.code));
    await work(failover, 0);
    await tell(a, { kind: 'clear' });
    const ends = await Promise.allSettled(times(50, (at) => work(failover, at)));
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'SESSION_LOST' } });
    expect([lost, failover.session?.state]).toEqual([['SESSION_LOST'], 'lost']);
    expect(await work(failover, 0)).toMatchObject({ user: 'ada' });
    expect(pathsAt(a)).toMatchObject({ '/login': 2, '/resume': 1 });
  });

  test('makes each server process ready once, and again when it was restarted', async () => {
    const [a, b] = await pair();
    const ready: string[] = [];
    const failover = client([a, b], {
      session: {
        ...session,
        onReady: async ({ fetch, instance }) => {
          ready.push(String(instance));
          await (await fetch('/register', { method: 'PUT' })).text();
        },
      },
      ejection: { coolDownMs: 20, coolDownCapMs: 20, coolDownSpread: 0 },
      probe: { periodMs: 20 },
      failback: { holdMs: 0 },
    });
    await work(failover, 0);
    const firstPid = a.pid;
    await a.kill();
    await Promise.all(times(20, (at) => work(failover, at)));
    const back = new Promise((resolve) => failover.on('failback', resolve));
    await a.restart();
    await back;
    expect(await work(failover, 1)).toMatchObject({ server: 'a', session: 1 });
    expect(ready).toEqual([`a-${firstPid}`, `b-${b.pid}`, `a-${a.pid}`]);
    expect([pathsAt(a)['/register'], pathsAt(b)['/register']]).toEqual([2, 1]);
  });
});

async function pair() {
  const [a, b] = await start('a', 'b');
  if (a === undefined || b === undefined) throw new Error('two servers were to start');
  return [a, b] as const;
}

async function trio() {
  const [a, b, c] = await start('a', 'b', 'c');
  if (a === undefined || b === undefined || c === undefined) throw new Error('three servers were to start');
  return [a, b, c] as const;
}
