import { describe, expect, test } from 'vitest';
import type { ReadyContext } from '../../../src/http/sessionOptions.ts';
import { NO_HINTS } from '../../../src/policy/hints.ts';
import type { HostPool } from '../../../src/runtime/hostPool.ts';
import { type ManualClock, settle } from './fakes.ts';
import { A, B, clientOf, Fleet, who } from './sessionFleet.ts';

/** Takes a host out of service, as a probe would. */
function takeAway(pool: HostPool, origin: string): void {
  pool.dispatch({ kind: 'probe', origin, verdict: { kind: 'inactive', why: 'standby' }, hints: NO_HINTS });
}

/** Takes it back: two good probes, then the hold. */
function bringBack(pool: HostPool, origin: string, clock: ManualClock): void {
  for (let at = 0; at < 2; at++) pool.dispatch({ kind: 'probe', origin, verdict: { kind: 'good' }, hints: NO_HINTS });
  clock.advance(60_000);
}

/** A client that notes where it was made ready, and registers there. */
function registering(fleet: Fleet, more: Parameters<typeof clientOf>[1] = {}) {
  const ready: string[] = [];
  const onReady = async ({ host, fetch, instance }: ReadyContext) => {
    ready.push(`${host} ${instance}`);
    const response = await fetch('/register', { method: 'PUT' });
    if (!response.ok) throw new Error(`http ${response.status}`);
  };
  return { ...clientOf(fleet, { ...more, session: { onReady, ...more.session } }), ready };
}

describe('onReady', () => {
  test('runs before the first request goes on, once for all who wait, with the token on its requests', async () => {
    const fleet = new Fleet();
    const { fetch, ready } = registering(fleet);
    await Promise.all(Array.from({ length: 50 }, () => who(fetch('/me'))));
    expect(ready).toEqual([`${A} null`]);
    expect(fleet.received.slice(0, 3).map(({ path, token }) => `${path} ${token}`)).toEqual([
      '/login null',
      '/register t1',
      '/me t1',
    ]);
  });

  test('runs at each host that is landed on, and again after it was away', async () => {
    const fleet = new Fleet();
    const { fetch, ready, pool } = registering(fleet);
    const at = (pin: string) => who(fetch('/me', { failover: { pin } }));
    for (const pin of [A, B, A, B]) await at(pin);
    expect(ready).toEqual([`${A} null`, `${B} null`]);
    takeAway(pool, B);
    for (const pin of [A, B, A, B]) await at(pin);
    expect(ready).toEqual([`${A} null`, `${B} null`, `${B} null`]);
  });

  test('runs at each landing where there is no resume, too', async () => {
    const fleet = new Fleet();
    const { fetch, ready } = registering(fleet, { session: { resume: undefined } });
    const at = (pin: string) => who(fetch('/me', { failover: { pin } }));
    for (const pin of [A, B, A, B]) expect(await at(pin)).toMatchObject({ token: 't1' });
    expect(ready).toEqual([`${A} null`, `${B} null`]);
  });

  test('runs once for an instance with a name, however often its host was away, and again when it has restarted', async () => {
    const fleet = new Fleet();
    fleet.instances.set(A, 'a-1');
    fleet.instances.set(B, 'b-1');
    const { fetch, ready, pool, clock } = registering(fleet);
    const at = (pin: string) => who(fetch('/me', { failover: { pin } }));
    for (const pin of [A, B, A]) await at(pin);
    takeAway(pool, B);
    bringBack(pool, B, clock);
    await at(B);
    expect(fleet.at('/resume')).toEqual([B, B]);
    expect(ready).toEqual([`${A} a-1`, `${B} b-1`]);
    takeAway(pool, B);
    fleet.instances.set(B, 'b-2');
    await at(B);
    expect(ready).toEqual([`${A} a-1`, `${B} b-1`, `${B} b-2`]);
  });

  test('runs for a new instance that shows itself by a 401', async () => {
    const fleet = new Fleet();
    fleet.instances.set(A, 'a-1');
    const { fetch, ready } = registering(fleet);
    await who(fetch('/me'));
    fleet.instances.set(A, 'a-2');
    fleet.previous = fleet.current;
    fleet.current = 'another';
    await who(fetch('/me'));
    expect(ready).toEqual([`${A} a-1`, `${A} a-2`]);
  });

  test('runs again for a new session', async () => {
    const fleet = new Fleet();
    fleet.instances.set(A, 'a-1');
    const { fetch, ready, session } = registering(fleet);
    await who(fetch('/me'));
    await session.end();
    await who(fetch('/me'));
    expect(ready).toEqual([`${A} a-1`, `${A} a-1`]);
  });

  test('that fails is told, loses no request, and runs again at the next landing', async () => {
    const fleet = new Fleet();
    fleet.instances.set(A, 'a-1');
    let calls = 0;
    const { fetch, told, errors, pool } = clientOf(fleet, {
      session: {
        onReady: () => {
          calls++;
          throw new Error('no room');
        },
      },
    });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect([calls, told]).toEqual([1, [`opened ${A}`, 'warning READY_FAILED']]);
    expect(errors[0]).toMatchObject({ cause: new Error('no room') });
    takeAway(pool, A);
    await who(fetch('/me', { failover: { pin: A } }));
    expect(calls).toBe(2);
  });

  test('that never ends is given up after the time of one attempt, and requests go on', async () => {
    const fleet = new Fleet();
    let signal: AbortSignal | undefined;
    const { fetch, clock, told } = clientOf(fleet, {
      session: {
        onReady: (context) => {
          signal = context.signal;
          return new Promise(() => {});
        },
      },
    });
    const answer = who(fetch('/me'));
    await settle();
    clock.advance(5_000);
    expect(await answer).toEqual({ origin: A, token: 't1' });
    expect([signal?.aborted, told]).toEqual([true, [`opened ${A}`, 'warning READY_FAILED']]);
  });

  test('holds up no other host', async () => {
    const fleet = new Fleet();
    const { fetch } = registering(fleet);
    await who(fetch('/me'));
    const release = fleet.hold('/register');
    const elsewhere = who(fetch('/me', { failover: { pin: B } }));
    await settle();
    expect(fleet.at('/register')).toEqual([A, B]);
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
    expect(fleet.at('/me').filter((origin) => origin === B)).toEqual([]);
    release();
    expect(await elsewhere).toEqual({ origin: B, token: 't2' });
  });

  test('at a host that dies under it lets the requests find another one', async () => {
    const fleet = new Fleet();
    const { fetch, pool } = registering(fleet);
    const release = fleet.hold('/register');
    const answer = who(fetch('/me'));
    await settle();
    fleet.modes.set(A, 'refused');
    release();
    expect(await answer).toEqual({ origin: B, token: 't2' });
    expect(pool.status.current).toBe(B);
  });
});
