import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import type { KeyValueStore, OwnerLock } from '../../../src/runtime/ports.ts';
import { settle } from './fakes.ts';
import { A, B, type Client, clientOf, Fleet, resume, who } from './sessionFleet.ts';

const KEY = 'switchover:app:session';

/** Web Locks, as far as a session uses them. */
function queueingLocks(): OwnerLock & { readonly waiting: () => number } {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  return {
    acquire: () => null,
    waiting: () => waiting,
    async wait(_name, signal) {
      const before = last;
      let release = () => {};
      last = new Promise((resolve) => (release = resolve));
      waiting++;
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      try {
        await Promise.race([before, aborted]);
      } catch (error) {
        void before.then(release);
        throw error;
      } finally {
        waiting--;
      }
      return release;
    },
  };
}

/** What the tabs of a browser share. */
function shared(locks: OwnerLock = queueingLocks()): KeyValueStore {
  const { get, set, delete: remove } = memoryStore();
  const update: KeyValueStore['update'] = async (key, change) => set(key, change(await get(key)) ?? '');
  return { get, set, delete: remove, update, locks };
}

const tabOf = (fleet: Fleet, storage: KeyValueStore): Client => clientOf(fleet, { session: { storage, key: 'app' } });

/** Two tabs of one session that both have used the newest token. */
async function twoTabs(fleet: Fleet, storage: KeyValueStore): Promise<readonly [Client, Client]> {
  const tabs = [tabOf(fleet, storage), tabOf(fleet, storage)] as const;
  for (const tab of [...tabs, ...tabs]) await who(tab.fetch('/me'));
  fleet.received.length = 0;
  return tabs;
}

describe('tabs of one session', () => {
  test('that open it at the same moment log in once', async () => {
    const fleet = new Fleet();
    const storage = shared();
    const [one, two] = [tabOf(fleet, storage), tabOf(fleet, storage)];
    await Promise.all([who(one.fetch('/me')), who(two.fetch('/me'))]);
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('that are refused at the same moment renew it once', async () => {
    const fleet = new Fleet();
    const [one, two] = await twoTabs(fleet, shared());
    const { current } = fleet;
    fleet.accepts = (token) => token === fleet.current && token !== current;
    const answers = await Promise.all([who(one.fetch('/me')), who(two.fetch('/me'))]);
    expect(answers.map((answer) => (answer as { token: string }).token)).toEqual([fleet.current, fleet.current]);
    expect(fleet.at('/resume')).toEqual([A]);
    expect([...one.told, ...two.told].filter((line) => line.startsWith('lost'))).toEqual([]);
  });

  test('do not wait for ever for one that does not come to an end', async () => {
    const fleet = new Fleet();
    const never = shared({ acquire: () => null, wait: () => new Promise(() => {}) });
    const { fetch, clock } = tabOf(fleet, never);
    const answer = who(fetch('/me'));
    await settle();
    expect(fleet.at('/login')).toEqual([]);
    clock.advance(DEFAULTS.session.renewalWaitMs);
    expect(await answer).toEqual({ origin: A, token: 't1' });
  });

  test('give up their turn when it comes too late, or when nobody wants the session any more', async () => {
    const fleet = new Fleet();
    const locks = queueingLocks();
    const release = await locks.wait?.('', new AbortController().signal);
    const { fetch, session } = tabOf(fleet, shared(locks));
    const answer = fetch('/me').catch((error: { readonly code: string }) => error.code);
    await settle();
    expect(locks.waiting()).toBe(1);
    await session.end();
    expect([await answer, locks.waiting()]).toEqual(['SESSION_LOST', 0]);
    await release?.();
    expect(typeof (await locks.wait?.('', new AbortController().signal))).toBe('function');
  });

  test('whose store has no locks that wait agree on the token that was granted last', async () => {
    const fleet = new Fleet();
    const { locks: _locks, ...storage } = shared();
    const unlocked = { ...storage, locks: { acquire: () => null } };
    const one = tabOf(fleet, unlocked);
    await who(one.fetch('/me'));
    const two = clientOf(fleet, {
      session: {
        storage: unlocked,
        key: 'app',
        resume: async (context) => {
          const granted = await resume(context);
          await who(one.fetch('/me', { failover: { pin: B } }));
          return granted;
        },
      },
    });
    fleet.accepts = () => true;
    await who(two.fetch('/me'));
    // Both were granted as the second of this session; the one that was stored last is the third.
    expect(JSON.parse(String(await storage.get(KEY)))).toMatchObject({ token: 't2', version: 3 });
    fleet.accepts = (token) => token === 't2';
    expect(await who(one.fetch('/me'))).toMatchObject({ token: 't2' });
  });
});
