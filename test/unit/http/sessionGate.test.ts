import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../src/http/session.ts';
import type { SessionOptions } from '../../../src/http/sessionOptions.ts';
import { fullPool } from '../../../src/runtime/fullPool.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import { rejection, settle } from './fakes.ts';
import { A, B, C, clientOf, Fleet, login, resume, who } from './sessionFleet.ts';

describe('options of a session', () => {
  const pool = fullPool([A]);
  const make = (options: unknown) => () => createSession(pool, options as SessionOptions);

  test.each([
    [{ open: login, reopen: resume }, 'There is no option reopen.'],
    [{}, "The session's open is missing or of the wrong kind."],
    [{ open: 'login' }, "The session's open is missing or of the wrong kind."],
    [{ open: login, resume: 'yes' }, "The session's resume is missing or of the wrong kind."],
    [{ open: login, attach: {} }, "The session's attach is missing or of the wrong kind."],
    [{ open: login, onReady: 1 }, "The session's onReady is missing or of the wrong kind."],
    [{ open: login, key: '' }, "The session's key is missing or of the wrong kind."],
    [{ open: login, storage: { get: login } }, "The session's storage is missing or of the wrong kind."],
    [{ open: login, storage: null }, "The session's storage is missing or of the wrong kind."],
  ])('%j are refused at once', (options, message) => {
    expect(make(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message }));
  });

  test('that are left undefined are as good as not given', () => {
    expect(
      make({ open: login, resume: undefined, attach: undefined, storage: undefined, key: undefined }),
    ).not.toThrow();
  });
});

describe('a host that is neither https nor local', () => {
  test('is refused a session at once', () => {
    const pool = fullPool(['http://far.test'], { allowInsecure: true });
    expect(() => createSession(pool, { open: login })).toThrow(
      expect.objectContaining({ code: 'TOKEN_REFUSED', message: expect.stringContaining('http://far.test') }),
    );
  });

  test('that comes later gets no token, and no login', async () => {
    const fleet = new Fleet();
    const { fetch, pool } = clientOf(fleet, { pool: { allowInsecure: true } });
    await who(fetch('/me'));
    pool.setHosts(['http://far.test', A]);
    fleet.received.length = 0;
    const failure = await rejection(fetch('/me', { failover: { pin: 'http://far.test' } }));
    expect(failure).toMatchObject({ code: 'TOKEN_REFUSED' });
    expect(fleet.received).toEqual([]);
  });

  test('that is local is as good as any', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet, { hosts: ['http://localhost:8080'] });
    expect(await who(fetch('/me'))).toEqual({ origin: 'http://localhost:8080', token: 't1' });
  });
});

/** A fake that answers a path with a redirect, and otherwise is the fleet. */
function redirecting(fleet: Fleet, from: string, type: ResponseType = 'basic'): { fetch: Fetch; inits: RequestInit[] } {
  const inits: RequestInit[] = [];
  const fetch: Fetch = (input, init) => {
    if (new URL(String(input)).pathname !== from) return fleet.fetch(input, init);
    inits.push(init ?? {});
    const opaque = type === 'opaqueredirect';
    const response = new Response(null, { status: opaque ? 200 : 307, headers: { location: 'https://evil.test/' } });
    if (opaque) Object.defineProperty(response, 'type', { value: type });
    return Promise.resolve(response);
  };
  return { fetch, inits };
}

describe('a redirect', () => {
  test.each(['basic', 'opaqueredirect'] as const)(
    'of a request with a token in its own header is not followed (%s)',
    async (type) => {
      const fleet = new Fleet();
      const { fetch: port, inits } = redirecting(fleet, '/me', type);
      const { fetch, pool } = clientOf(fleet, {
        session: { attach: (token) => ({ 'X-Session': token }) },
        pool: { fetch: port },
      });
      const failure = await rejection(fetch('/me'));
      expect(failure).toMatchObject({ code: 'TOKEN_REFUSED', message: expect.stringContaining(A) });
      expect(inits.map(({ redirect }) => redirect)).toEqual(['manual']);
      expect(pool.status.hosts[0]?.state).toBe('up');
    },
  );

  test('of a request with Authorization is left to fetch, which drops that header elsewhere', async () => {
    const fleet = new Fleet();
    const { fetch: port, inits } = redirecting(fleet, '/me');
    const { fetch } = clientOf(fleet, { pool: { fetch: port } });
    await fetch('/me');
    expect(inits.map(({ redirect }) => redirect)).toEqual([undefined]);
  });

  test('that the caller wants to see comes to the caller', async () => {
    const fleet = new Fleet();
    const { fetch: port } = redirecting(fleet, '/me');
    const { fetch } = clientOf(fleet, {
      session: { attach: (token) => ({ 'X-Session': token }) },
      pool: { fetch: port },
    });
    expect((await fetch('/me', { redirect: 'manual' })).status).toBe(307);
  });

  test.each(['/login', '/resume'])('of %s is not followed: it would hand the secret on', async (path) => {
    const fleet = new Fleet();
    const { fetch: port, inits } = redirecting(fleet, path);
    const { fetch } = clientOf(fleet, { pool: { fetch: port } });
    if (path === '/resume') await who(fetch('/me'));
    const failure = await rejection(fetch('/me', { failover: { pin: path === '/resume' ? B : A } }));
    expect(failure).toMatchObject({ cause: { code: 'TOKEN_REFUSED' } });
    expect(inits.map(({ redirect }) => redirect)).toEqual(['manual']);
  });

  test('of a login is followed where the app says so', async () => {
    const fleet = new Fleet();
    const { fetch: port, inits } = redirecting(fleet, '/login');
    const { fetch } = clientOf(fleet, {
      session: { open: async (context) => String((await context.fetch('/login', { redirect: 'follow' })).status) },
      pool: { fetch: port },
    });
    await rejection(fetch('/me'));
    expect(inits.map(({ redirect }) => redirect)).toEqual(['follow']);
  });
});

describe("the session's own fetch", () => {
  test('goes to its host whichever listed host the URL names, and elsewhere untouched', async () => {
    const fleet = new Fleet();
    const seen: string[] = [];
    const { fetch } = clientOf(fleet, {
      session: {
        open: async (context) => {
          await context.fetch(`${B}/one`);
          await context.fetch(new URL(`${A}/two`));
          await context.fetch(new Request(`${B}/three`, { method: 'POST', body: 'x' }));
          await context.fetch(`${C}/four`);
          seen.push(...fleet.received.map(({ origin, path }) => origin + path));
          return login(context);
        },
      },
    });
    await who(fetch('/me'));
    expect(seen).toEqual([`${A}/one`, `${A}/two`, `${A}/three`, `${C}/four`]);
  });

  test('makes one attempt, tells the trace, and books it with the pool', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 'refused');
    const failures: unknown[] = [];
    const { fetch, pool } = clientOf(fleet, {
      session: {
        open: async (context) => {
          if (context.host === A)
            for (let at = 0; at < 2; at++) failures.push(await rejection(context.fetch('/login')));
          return login(context);
        },
      },
    });
    expect(await who(fetch('/me'))).toMatchObject({ origin: B });
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'HOSTS_FAILED', attempts: [{ host: A, cause: 'refused' }] });
    }
    expect(pool.status.hosts[0]?.state).toBe('ejected');
  });

  test('hears the abort of its caller, and the end of the session', async () => {
    const fleet = new Fleet();
    fleet.modes.set(A, 'mute');
    const own = new AbortController();
    const failures: Promise<unknown>[] = [];
    const { fetch, session } = clientOf(fleet, {
      session: {
        open: async (context) => {
          failures.push(rejection(context.fetch('/one', { signal: own.signal })), rejection(context.fetch('/two')));
          await new Promise(() => {});
          return '';
        },
      },
    });
    const request = rejection(fetch('/me'));
    await settle();
    own.abort(new Error('enough'));
    expect(await failures[0]).toEqual(new Error('enough'));
    void session.end();
    expect(await failures[1]).toMatchObject({ code: 'SESSION_LOST' });
    expect(await request).toMatchObject({ code: 'SESSION_LOST' });
  });

  test('ends what is still under way when the code has its result, and lets go of its caller', async () => {
    const fleet = new Fleet();
    fleet.hold('/slow');
    const own = new AbortController();
    const left: Promise<unknown>[] = [];
    const { fetch } = clientOf(fleet, {
      session: {
        open: (context) => {
          left.push(rejection(context.fetch('/slow', { signal: own.signal })));
          return login(context);
        },
      },
    });
    expect(await who(fetch('/me'))).toMatchObject({ token: 't1' });
    expect(await left[0]).toMatchObject({ name: 'AbortError' });
    expect(getEventListeners(own.signal, 'abort')).toEqual([]);
  });

  test('leaves a body that breaks off to the next host', async () => {
    const fleet = new Fleet();
    const { fetch, told } = clientOf(fleet, {
      pool: {
        fetch: async (input, init) => {
          if (String(input) !== `${A}/login`) return fleet.fetch(input, init);
          const body = new ReadableStream({
            pull: (controller) => controller.error(new TypeError('terminated')),
          });
          return new Response(body, { headers: { 'content-length': '100' } });
        },
      },
    });
    expect(await who(fetch('/me', { method: 'POST' }))).toEqual({ origin: B, token: 't1' });
    expect(told).toEqual([`opened ${B}`]);
  });
});

describe('a token', () => {
  const SECRET = 'sekret-7731';
  const shown = (...things: unknown[]) => things.map((thing) => inspect(thing, { depth: 12, showHidden: true })).join();

  test('can be attached in any header', async () => {
    const fleet = new Fleet();
    const { fetch } = clientOf(fleet, { session: { attach: (token) => ({ 'X-Token': token, 'X-App': 'demo' }) } });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
  });

  test.each([
    ['a line break', `${SECRET}\r\nX-Evil: 1`, undefined],
    ['no header at all', SECRET, () => ({ 'not a name': SECRET })],
  ])('with %s is refused, and not quoted', async (_, token, attach) => {
    const { fetch } = clientOf(new Fleet(), { session: { open: () => token, attach } });
    const failure = await rejection(fetch('/me'));
    expect(failure).toMatchObject({ code: 'SESSION_OPEN_FAILED' });
    expect(shown(failure)).not.toContain(SECRET);
  });

  test('shows in no error, event, trace, status or object that an app can look at', async () => {
    const fleet = new Fleet();
    fleet.accepts = (token) => token?.startsWith(SECRET) === true;
    let resumes = 0;
    const { fetch, pool, session, errors, told } = clientOf(fleet, {
      hosts: [A, B, C],
      session: {
        open: () => `${SECRET}-${resumes}`,
        resume: async ({ fetch: ask }) => {
          if (++resumes > 1) throw new Error('refused');
          await ask('/resume', { method: 'POST', headers: { 'x-token': SECRET } });
          return `${SECRET}-${resumes}`;
        },
        onReady: () => {
          throw new Error('no room');
        },
      },
    });
    const events: unknown[] = [];
    for (const name of [
      'failover',
      'switchover',
      'failback',
      'health',
      'session',
      'session:lost',
      'warning',
    ] as const) {
      pool.events.on(name, (event: unknown) => events.push(event));
    }
    const failures: unknown[] = [];
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    await who(fetch('/me'));
    fleet.modes.set(B, 'refused');
    failures.push(await rejection(fetch('/me')));
    fleet.modes.set(C, 'refused');
    failures.push(await rejection(fetch('/me', { failover: { retry: { attempts: 1 }, timeout: { totalMs: 0 } } })));
    expect(failures.map((error) => (error as { code: string }).code)[0]).toBe('SESSION_LOST');
    expect(told.some((line) => line.startsWith('warning'))).toBe(true);
    expect(shown(failures, errors, events, told, session, pool.status, pool.events)).not.toContain(SECRET);
  });
});
