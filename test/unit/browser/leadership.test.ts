import { afterEach, expect, test, vi } from 'vitest';
import { Leadership } from '../../../src/browser/leadership.ts';

type Hold = (lock: object | null) => Promise<void>;

/** Requests for the lock, each with what its browser does next. */
function locks() {
  const asked: { readonly steal: boolean; readonly grant: () => void; readonly take: (name?: string) => void }[] = [];
  const request = (_name: string, { steal = false }: LockOptions, hold: Hold) =>
    new Promise((_, reject) => {
      const take = (name = 'AbortError') => reject(new DOMException('not yours', name));
      asked.push({ steal, grant: () => void hold({}), take });
    });
  vi.stubGlobal('navigator', { locks: { request } });
  return asked;
}

/** Whatever follows from promises that are settled has followed. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await null;
}

afterEach(() => void vi.unstubAllGlobals());

test('a tab leads with the lock, and gets in line when another one takes it', async () => {
  const asked = locks();
  const told: boolean[] = [];
  const leadership = new Leadership('leader', (leads) => told.push(leads));
  leadership.want(true);
  asked[0]?.grant();
  await settled();
  expect([leadership.leads, told]).toEqual([true, [true]]);
  asked[0]?.take();
  await settled();
  expect([leadership.leads, told, asked.map(({ steal }) => steal)]).toEqual([false, [true, false], [true, false]]);
  asked[1]?.grant();
  await settled();
  expect(told).toEqual([true, false, true]);
});

test.each(['at once', 'later'])(
  'a tab that hears of the theft first, and %s that it has the lock, does not lead',
  async (when) => {
    const asked = locks();
    const told: boolean[] = [];
    const leadership = new Leadership('leader', (leads) => told.push(leads));
    leadership.want(true);
    asked[0]?.take();
    if (when === 'later') await settled();
    asked[0]?.grant();
    await settled();
    expect([leadership.leads, told, asked.map(({ steal }) => steal)]).toEqual([false, [], [true, false]]);
  },
);

test('a page that gets no locks leads', async () => {
  const asked = locks();
  const leadership = new Leadership('leader', () => {});
  leadership.want(false);
  asked[0]?.take('SecurityError');
  await settled();
  expect(leadership.leads).toBe(true);
});
