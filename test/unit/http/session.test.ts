import { describe, expect, test } from 'vitest';
import { createFetch } from '../../../src/http/createFetch.ts';
import { hedging } from '../../../src/http/hedge.ts';
import { bufferedBodies } from '../../../src/http/requestBody.ts';
import { perRequest } from '../../../src/http/requestOptions.ts';
import type { SwitchoverError } from '../../../src/policy/error.ts';
import { NO_HINTS } from '../../../src/policy/hints.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import { rejection, settle } from './fakes.ts';
import { A, B, C, clientOf, Fleet, login, who } from './sessionFleet.ts';

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

describe('the first request', () => {
  test('opens the session, and all requests carry its token', async () => {
    const fleet = new Fleet();
    const { fetch, session, told } = clientOf(fleet);
    expect(session.state).toBe('none');
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect(fleet.at('/login')).toEqual([A]);
    expect(told).toEqual([`opened ${A}`]);
    expect([session.state, session.host]).toEqual(['open', A]);
  });

  test('opens it once, however many come at the same time', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    const answers = await Promise.all(times(1_000, (at) => who(fetch(`/item/${at}`))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('asks another host where the first one fails the login', async () => {
    for (const mode of ['refused', 500, 502, 503] as const) {
      const fleet = new Fleet();
      fleet.modes.set(A, mode);
      const { fetch, told } = clientOf(fleet);
      expect(await who(fetch('/me', { method: 'POST' }))).toEqual({ origin: B, token: 't1' });
      expect(told).toEqual([`opened ${B}`]);
    }
  });

  test('leaves a host that does not answer the login after the time of one attempt', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 'mute');
    const { fetch, clock } = clientOf(fleet);
    const answer = who(fetch('/me', { method: 'POST' }));
    await settle();
    clock.advance(4_999);
    await settle();
    expect(fleet.at('/login')).toEqual([A]);
    clock.advance(1);
    // The other host is asked for a sign of life first.
    await settle();
    clock.advance(100);
    expect(await answer).toEqual({ origin: B, token: 't1' });
  });

  test('without the session option goes without a token and opens nothing', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    expect((await fetch('/me', { failover: { session: false } })).status).toBe(401);
    expect(fleet.received).toEqual([{ origin: A, path: '/me', token: null }]);
  });

  test('to any other origin goes without a token and opens nothing', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    await fetch('https://elsewhere.test/me');
    expect(fleet.received).toEqual([{ origin: 'https://elsewhere.test', path: '/me', token: null }]);
  });

  test('that fails to log in tells what open has thrown, to all who wait, and the next one tries again', async () => {
    const wrong = new Error('wrong password');
    let logins = 0;
    const fleet = new Fleet();
    const { fetch, session } = clientOf(fleet, {
      session: {
        open: (context) => {
          if (++logins === 1) throw wrong;
          return login(context);
        },
      },
    });
    const failures = await Promise.all(times(20, () => rejection(fetch('/me'))));
    for (const failure of failures) expect(failure).toMatchObject({ code: 'SESSION_OPEN_FAILED', cause: wrong });
    expect([logins, session.state]).toEqual([1, 'none']);
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
  });

  test.each([
    undefined,
    null,
    7,
    '',
    {},
    { token: 7 },
    { token: '' },
    { token: 't', instance: 3 },
    { token: 't', expiresInMs: -1 },
  ])('is told clearly where open returns %j', async (given) => {
    const { fetch } = clientOf(new Fleet(), { session: { open: () => given as string } });
    const failure = await rejection(fetch('/me'));
    expect(failure).toMatchObject({ code: 'SESSION_OPEN_FAILED' });
    expect((failure as SwitchoverError).remedy).toContain('return the token');
  });

  test('leaves a host where open never ends, for the next one', async () => {
    const hosts: string[] = [];
    const { fetch, clock } = clientOf(new Fleet(), {
      session: {
        open: (context) => {
          hosts.push(context.host);
          return context.host === A ? new Promise<string>(() => {}) : login(context);
        },
      },
    });
    const answer = who(fetch('/me', { failover: { timeout: { totalMs: 60_000 } } }));
    await settle();
    clock.advance(29_999);
    await settle();
    expect(hosts).toEqual([A]);
    clock.advance(1);
    expect(await answer).toMatchObject({ origin: B });
    expect(hosts).toEqual([A, B]);
  });

  test('ends with TIMEOUT where open never ends, and aborts it', async () => {
    let signal: AbortSignal | undefined;
    const { fetch, clock } = clientOf(new Fleet(), {
      hosts: [A],
      session: {
        open: (context) => {
          signal = context.signal;
          return new Promise<string>(() => {});
        },
      },
    });
    const failure = rejection(fetch('/me'));
    await settle();
    clock.advance(30_000);
    expect(await failure).toMatchObject({ code: 'TIMEOUT' });
    expect(signal?.aborted).toBe(true);
  });
});

describe('a host that fails the login', () => {
  test('is not asked by each of those who wait', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 500);
    const { fetch, clock } = clientOf(fleet, { hosts: [A] });
    const failures = times(100, () => rejection(fetch('/me')));
    for (let at = 0; at < 300; at++) {
      await settle();
      clock.advance(100);
    }
    for (const failure of await Promise.all(failures)) expect(failure).toMatchObject({ code: 'TIMEOUT' });
    expect(fleet.at('/login').length).toBeGreaterThan(3);
    expect(fleet.at('/login').length).toBeLessThan(40);
  });

  test('is asked again when it is well, and everybody goes on', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 500);
    const { fetch, clock } = clientOf(fleet, { hosts: [A] });
    const answers = times(20, () => who(fetch('/me')));
    await settle();
    fleet.modes.set(A, 'ok');
    for (let at = 0; at < 100; at++) {
      clock.advance(100);
      await settle();
    }
    for (const answer of await Promise.all(answers)) expect(answer).toEqual({ origin: A, token: 't1' });
    expect(fleet.at('/login')).toEqual([A, A]);
  });

  test('is left alone for a moment also where another host has opened the session meanwhile', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 500);
    const { fetch, clock } = clientOf(fleet, { pool: { random: () => 0.99 } });
    const retry = { attempts: 1 };
    expect(await who(fetch('/me'))).toMatchObject({ origin: B });
    const pinned = rejection(fetch('/me', { failover: { pin: A, retry, timeout: { totalMs: 50 } } }));
    await settle();
    expect([fleet.at('/login'), fleet.at('/resume')]).toEqual([[A, B], []]);
    clock.advance(99);
    await pinned;
    fleet.modes.set(A, 'ok');
    expect(await who(fetch('/me', { failover: { pin: A } }))).toMatchObject({ origin: A });
    expect(fleet.at('/resume')).toEqual([A]);
  });

  test('has a clean record again after a success', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 500);
    const { fetch, clock, pool } = clientOf(fleet, { hosts: [A], pool: { random: () => 0.99 } });
    const answer = who(fetch('/me'));
    for (let at = 0; at < 60; at++) {
      await settle();
      clock.advance(100);
    }
    fleet.modes.set(A, 'ok');
    for (let at = 0; at < 100; at++) {
      await settle();
      clock.advance(100);
    }
    expect(await answer).toMatchObject({ origin: A });
    pool.dispatch({ kind: 'probe', origin: A, verdict: { kind: 'inactive', why: 'standby' }, hints: NO_HINTS });
    fleet.modes.set(A, 500);
    const before = fleet.at('/resume').length;
    const next = who(fetch('/me'));
    await settle();
    fleet.modes.set(A, 'ok');
    clock.advance(99);
    await settle();
    expect(await next).toMatchObject({ origin: A });
    expect(fleet.at('/resume').length - before).toBe(2);
  });

  test('that asks to be left alone is left alone for that time', async () => {
    const fleet = new Fleet();
    let logins = 0;
    const { fetch, clock } = clientOf(fleet, {
      hosts: [A],
      pool: {
        fetch: (input, init) => {
          if (!String(input).endsWith('/login')) return fleet.fetch(input, init);
          logins++;
          return Promise.resolve(new Response('slowly', { status: 429, headers: { 'retry-after': '10' } }));
        },
      },
    });
    const first = rejection(fetch('/me'));
    await settle();
    expect(logins).toBe(1);
    clock.advance(9_000);
    const second = rejection(fetch('/me'));
    await settle();
    clock.advance(999);
    await settle();
    expect(logins).toBe(1);
    for (let at = 0; at < 60; at++) {
      clock.advance(1_000);
      await settle();
    }
    for (const failure of [await first, await second]) {
      expect(['BUDGET_EMPTY', 'HOSTS_FAILED', 'TIMEOUT']).toContain((failure as SwitchoverError).code);
    }
    expect(logins).toBeGreaterThan(1);
    expect(logins).toBeLessThanOrEqual(5);
  });
});

describe('a change of host', () => {
  test('resumes the session once, for all who wait, and the token is rotated', async () => {
    const fleet = new Fleet();
    const { fetch, told, session } = clientOf(fleet);
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    const answers = await Promise.all(times(1_000, (at) => who(fetch(`/item/${at}`))));
    for (const answer of answers) expect(answer).toEqual({ origin: B, token: 't2' });
    expect(fleet.at('/resume')).toEqual([B]);
    expect(fleet.at('/login')).toEqual([A]);
    expect(told).toEqual([`opened ${A}`, `resumed ${B}`]);
    expect(session.host).toBe(B);
  });

  test('sends the token that resume gave, and the old one only to resume', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    await who(fetch('/me'));
    const atB = fleet.received.filter(({ origin }) => origin === B).map(({ path, token }) => `${path} ${token}`);
    expect(atB).toEqual(['/resume t1', '/me t2']);
  });

  test('uses the token as it is where there is no resume', async () => {
    const fleet = new Fleet();
    const { fetch, told } = clientOf(fleet, { session: { resume: undefined } });
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    expect(await who(fetch('/me'))).toEqual({ origin: B, token: 't1' });
    expect(told).toEqual([`opened ${A}`]);
  });

  test('moves on to the next host where that one dies while it resumes', async () => {
    const fleet = new Fleet();
    const { fetch, told } = clientOf(fleet, { hosts: [A, B, C] });
    await who(fetch('/me'));
    const release = fleet.hold('/resume');
    fleet.modes.set(A, 'refused');
    const answers = times(50, () => who(fetch('/me', { method: 'POST' })));
    await settle();
    expect(fleet.at('/resume')).toEqual([B]);
    fleet.modes.set(B, 'refused');
    release();
    for (const answer of await Promise.all(answers)) expect(answer).toEqual({ origin: C, token: 't2' });
    expect(fleet.at('/resume')).toEqual([B, C]);
    expect(told).toEqual([`opened ${A}`, `resumed ${C}`]);
  });

  test('fails only those who wait for the host that dies while it resumes', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet, { hosts: [A, B, C] });
    await who(fetch('/me'));
    const release = fleet.hold('/resume');
    const atB = rejection(fetch('/me', { failover: { pin: B, timeout: { totalMs: 10 } } }));
    await settle();
    const atC = who(fetch('/me', { failover: { pin: C } }));
    await settle();
    expect(fleet.at('/resume')).toEqual([B]);
    fleet.modes.set(B, 'refused');
    release();
    expect(await atC).toEqual({ origin: C, token: 't2' });
    expect(await atB).toMatchObject({ code: 'TIMEOUT' });
  });

  test('leaves the session alone at a host that was not away, and resumes it at one that was', async () => {
    const fleet = new Fleet();
    const { fetch, pool } = clientOf(fleet);
    const at = (pin: string) => who(fetch('/me', { failover: { pin } }));
    for (const pin of [A, B, A, B, A]) expect(await at(pin)).toMatchObject({ origin: pin });
    expect(fleet.at('/resume')).toEqual([B]);
    fleet.modes.set(B, 'refused');
    pool.dispatch({ kind: 'probe', origin: B, verdict: { kind: 'inactive', why: 'standby' }, hints: NO_HINTS });
    fleet.modes.set(B, 'ok');
    for (const pin of [A, B, A, B]) expect(await at(pin)).toMatchObject({ origin: pin });
    expect(fleet.at('/resume')).toEqual([B, B]);
  });

  test('lets the host that works go on while another one takes its time to resume', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    await who(fetch('/me'));
    const release = fleet.hold('/resume');
    const elsewhere = who(fetch('/me', { failover: { pin: B } }));
    await settle();
    expect(fleet.at('/resume')).toEqual([B]);
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    release();
    expect(await elsewhere).toEqual({ origin: B, token: 't2' });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
  });

  test('is not made for the leg of a hedge that nobody wants any more', async () => {
    const fleet = new Fleet();
    const { pool, session, clock } = clientOf(fleet, { hosts: [A, B, C] });
    const fetch = createFetch(pool, { session: session.part, hedging: hedging(), options: perRequest });
    await who(fetch('/me'));
    const releaseResume = fleet.hold('/resume');
    const atC = who(fetch('/me', { failover: { pin: C } }));
    const releaseSlow = fleet.hold('/slow');
    const hedged = who(fetch('/slow', { failover: { hedge: { delayMs: 50 } } }));
    await settle();
    clock.advance(50);
    await settle();
    expect(fleet.at('/slow')).toEqual([A]);
    releaseSlow();
    expect(await hedged).toMatchObject({ origin: A });
    releaseResume();
    expect(await atC).toMatchObject({ origin: C });
    await settle();
    expect(fleet.at('/resume')).toEqual([C]);
  });

  test('costs a hedged request no second session', async () => {
    const fleet = new Fleet();
    const { pool, session, clock } = clientOf(fleet);
    const fetch = createFetch(pool, { session: session.part, hedging: hedging(), options: perRequest });
    await who(fetch('/me'));
    fleet.modes.set(A, 'mute');
    const answer = who(fetch('/me', { failover: { hedge: { delayMs: 50 } } }));
    await settle();
    clock.advance(50);
    expect(await answer).toEqual({ origin: B, token: 't2' });
    fleet.modes.set(A, 'ok');
    expect(await who(fetch('/me'))).toMatchObject({ token: 't2' });
    expect([fleet.at('/login'), fleet.at('/resume')]).toEqual([[A], [B]]);
  });
});

describe('a 401', () => {
  test('renews the session once for all who got it, and they go on', async () => {
    const fleet = new Fleet();
    const { fetch, told } = clientOf(fleet);
    await who(fetch('/me'));
    fleet.current = 'stolen';
    fleet.previous = 't1';
    const answers = await Promise.all(times(1_000, () => who(fetch('/me'))));
    for (const answer of answers) expect(answer).toEqual({ origin: A, token: 't2' });
    expect(fleet.at('/resume')).toEqual([A]);
    expect(told).toEqual([`opened ${A}`, `resumed ${A}`]);
  });

  test('that comes late, for an older token, renews nothing', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    await who(fetch('/me'));
    const release = fleet.hold('/slow');
    const slow = times(20, () => who(fetch('/slow')));
    await settle();
    fleet.current = 'stolen';
    fleet.previous = 't1';
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
    release();
    for (const answer of await Promise.all(slow)) expect(answer).toEqual({ origin: A, token: 't2' });
    expect(fleet.at('/resume')).toEqual([A]);
  });

  test('for a fresh token goes to the caller, and the next ones too', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 401);
    const resumes: string[] = [];
    const { fetch, clock } = clientOf(fleet, {
      session: {
        open: () => 'opened',
        resume: ({ token }) => {
          resumes.push(token);
          return `${token}+`;
        },
      },
    });
    expect(await who(fetch('/me'))).toBe(401);
    expect(await who(fetch('/me'))).toBe(401);
    expect(fleet.at('/me')).toHaveLength(3);
    expect(await Promise.all(times(50, () => who(fetch('/me'))))).toEqual(times(50, () => 401));
    expect(resumes).toEqual(['opened']);
    clock.advance(5_000);
    expect(await Promise.all(times(50, () => who(fetch('/me'))))).toEqual(times(50, () => 401));
    expect(resumes).toEqual(['opened', 'opened+']);
  });

  test('loses the session and opens a new one, once, where there is no resume', async () => {
    const fleet = new Fleet();
    const { fetch, told } = clientOf(fleet, { session: { resume: undefined } });
    await who(fetch('/me'));
    fleet.forget();
    const answers = await Promise.all(times(100, () => who(fetch('/me'))));
    for (const answer of answers) expect(answer).toEqual({ origin: A, token: 't2' });
    expect(fleet.at('/login')).toEqual([A, A]);
    expect(told).toEqual([`opened ${A}`, `lost ${A} SESSION_LOST`, `opened ${A}`]);
  });

  test('frees its socket where the session can not be renewed', async () => {
    const fleet = new Fleet();
    const cancelled: string[] = [];
    const { fetch } = clientOf(fleet, {
      pool: {
        fetch: async (input, init) => {
          if (!String(input).endsWith('/broken')) return fleet.fetch(input, init);
          fleet.forget();
          return new Response(new ReadableStream({ cancel: () => void cancelled.push('401') }), { status: 401 });
        },
      },
    });
    await who(fetch('/me'));
    expect(await rejection(fetch('/broken'))).toMatchObject({ code: 'SESSION_LOST' });
    await settle();
    expect(cancelled).toEqual(['401']);
  });

  test('goes to the caller where the body can be sent only once', async () => {
    const fleet = new Fleet();
    const { pool, session } = clientOf(fleet);
    const fetch = createFetch(pool, { session: session.part, bodies: bufferedBodies(0) });
    await who(fetch('/me'));
    fleet.current = 'stolen';
    fleet.previous = 't1';
    const body = new Blob(['once']).stream();
    expect(await who(fetch('/me', { method: 'POST', body, duplex: 'half' } as RequestInit))).toBe(401);
    expect(await who(fetch('/me', { method: 'POST', body: 'twice' }))).toEqual({ origin: A, token: 't2' });
  });
});

describe('a session that can not be resumed', () => {
  test('is lost for all who wait, is told once, and the next request opens a new one', async () => {
    const fleet = new Fleet();
    const { fetch, told, session, errors } = clientOf(fleet);
    await who(fetch('/me'));
    fleet.forget();
    const failures = await Promise.all(times(100, () => rejection(fetch('/me'))));
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'SESSION_LOST', cause: new Error('http 404') });
      expect((failure as SwitchoverError).remedy).toBe('The next request opens a new session.');
    }
    expect([fleet.at('/resume'), session.state, session.host]).toEqual([[A], 'lost', null]);
    expect(errors[0]).toBe(failures[0]);
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
    expect(told).toEqual([`opened ${A}`, `lost ${A} SESSION_LOST`, `opened ${A}`]);
  });

  test('is not carried on in another one: who was on the way rejects, and who was answered 401 has that', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    await who(fetch('/me'));
    const release = fleet.hold('/slow');
    const slow = who(fetch('/slow'));
    await settle();
    fleet.forget();
    await rejection(fetch('/me'));
    await who(fetch('/me'));
    release();
    expect(await slow).toBe(401);

    const again = fleet.hold('/slow');
    const moving = rejection(fetch('/slow'));
    await settle();
    fleet.forget();
    await rejection(fetch('/me'));
    fleet.modes.set(A, 'refused');
    again();
    expect(await moving).toMatchObject({ code: 'SESSION_LOST' });
  });

  test('is not lost by a host that fails: it is resumed at the next one', async () => {
    for (const mode of [500, 502, 503] as const) {
      const fleet = new Fleet();
      const { fetch, told } = clientOf(fleet, { hosts: [A, B, C] });
      await who(fetch('/me'));
      fleet.modes.set(A, 'refused');
      fleet.modes.set(B, mode);
      expect(await who(fetch('/me', { method: 'POST' }))).toEqual({ origin: C, token: 't2' });
      expect(told).toEqual([`opened ${A}`, `resumed ${C}`]);
    }
  });

  test('is lost where resume returns no token', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet, { session: { resume: async () => ({}) as { token: string } } });
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    expect(await rejection(fetch('/me'))).toMatchObject({
      code: 'SESSION_LOST',
      cause: { message: 'resume returned no token.' },
    });
  });
});

describe('a token whose time is over', () => {
  const timed = async (context: Parameters<typeof login>[0]) => ({ ...(await login(context)), expiresInMs: 60_000 });

  test('is renewed before it is sent', async () => {
    const fleet = new Fleet();
    const { fetch, clock } = clientOf(fleet, { session: { open: timed } });
    await who(fetch('/me'));
    clock.advance(59_999);
    expect(await who(fetch('/me'))).toMatchObject({ token: 't1' });
    clock.advance(1);
    const answers = await Promise.all(times(50, () => who(fetch('/me'))));
    for (const answer of answers) expect(answer).toEqual({ origin: A, token: 't2' });
    expect(fleet.at('/resume')).toEqual([A]);
    expect(fleet.received.filter(({ path, token }) => path === '/me' && token === 't1')).toHaveLength(2);
  });

  test('is replaced by a login where there is no resume, and nothing is lost', async () => {
    const fleet = new Fleet();
    const { fetch, clock, told } = clientOf(fleet, { session: { open: timed, resume: undefined } });
    await who(fetch('/me'));
    clock.advance(60_000);
    expect(await who(fetch('/me'))).toMatchObject({ token: 't2' });
    expect(told).toEqual([`opened ${A}`, `opened ${A}`]);
  });
});

describe('waiting', () => {
  test('ends with its own abort, and the shared work goes on for the others', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    const release = fleet.hold('/login');
    const controller = new AbortController();
    const impatient = rejection(fetch('/me', { signal: controller.signal }));
    const patient = who(fetch('/me'));
    await settle();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await impatient).toBe(reason);
    release();
    expect(await patient).toEqual({ origin: A, token: 't1' });
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('that everybody gave up leaves the session open for the next one', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet);
    const release = fleet.hold('/login');
    const controller = new AbortController();
    const impatient = rejection(fetch('/me', { signal: controller.signal }));
    await settle();
    controller.abort();
    await impatient;
    release();
    await settle();
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('is no longer than the request has', async () => {
    const fleet = new Fleet();
    fleet.hold('/login');
    const { fetch, clock } = clientOf(fleet, { hosts: [A] });
    const hurried = rejection(fetch('/me', { failover: { timeout: { totalMs: 700 } } }));
    await settle();
    clock.advance(700);
    expect(await hurried).toMatchObject({ code: 'TIMEOUT' });
    expect(fleet.at('/me')).toEqual([]);
  });

  test('ends with CLOSED when the pool is closed', async () => {
    const fleet = new Fleet();
    fleet.hold('/login');
    const { fetch, pool } = clientOf(fleet);
    const waiting = rejection(fetch('/me'));
    await settle();
    pool.close();
    expect(await waiting).toMatchObject({ code: 'CLOSED' });
    expect(await rejection(fetch('/me'))).toMatchObject({ code: 'CLOSED' });
  });

  test('leaves no timer behind', async () => {
    const fleet = new Fleet();
    const { fetch, clock, pool } = clientOf(fleet);
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    await who(fetch('/me'));
    pool.close();
    clock.advance(60_000);
    await settle();
    expect(clock.pending).toBe(0);
  });
});

describe('end', () => {
  test('forgets the token, here and in the store', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    const { fetch, session, told } = clientOf(fleet, { session: { storage, key: 'app' } });
    await who(fetch('/me'));
    expect(await storage.get('switchover:app:session')).toContain('t1');
    await session.end();
    expect(await storage.get('switchover:app:session')).toBeUndefined();
    expect([session.state, session.host]).toEqual(['none', null]);
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
    expect(told).toEqual([`opened ${A}`, `opened ${A}`]);
  });

  test('ends the waits, and what comes late is not taken', async () => {
    const fleet = new Fleet();
    const { fetch, session } = clientOf(fleet);
    const release = fleet.hold('/login');
    const waiting = rejection(fetch('/me'));
    await settle();
    expect(session.state).toBe('opening');
    const ended = session.end();
    expect(await waiting).toMatchObject({ code: 'SESSION_LOST' });
    await ended;
    release();
    await settle();
    expect(session.state).toBe('none');
    expect(await who(fetch('/me'))).toMatchObject({ origin: A });
  });

  test('lets the next request open another session at once', async () => {
    const fleet = new Fleet();
    const { fetch, session } = clientOf(fleet);
    const release = fleet.hold('/login');
    const waiting = rejection(fetch('/me'));
    await settle();
    void session.end();
    const next = who(fetch('/me'));
    await waiting;
    await settle();
    expect(session.state).toBe('opening');
    release();
    expect(await next).toMatchObject({ origin: A });
    expect(session.state).toBe('open');
  });

  test('before the first request keeps a stored token from coming back', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    await who(clientOf(fleet, { session: { storage } }).fetch('/me'));
    const { fetch, session, told } = clientOf(fleet, { session: { storage } });
    void session.end();
    await who(fetch('/me'));
    expect(told).toEqual([`opened ${A}`]);
  });

  test('in a listener of an event holds', async () => {
    const fleet = new Fleet();
    const { fetch, session, pool } = clientOf(fleet);
    const end = () => {
      pool.events.off('session', end);
      void session.end();
    };
    pool.events.on('session', end);
    expect(await rejection(fetch('/me'))).toMatchObject({ code: 'SESSION_LOST' });
    expect(session.state).toBe('none');
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
  });
});
