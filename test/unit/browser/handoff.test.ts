import { describe, expect, test, vi } from 'vitest';
import { handoff } from '../../../src/browser/handoff/handoff.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { type Head, seal } from '../../../src/session/storedSession.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';
const CODE = 'c0de'.repeat(10);
const KEY = 'switchover:channel:/talk';

const headOf = (head: Partial<Head>): string => {
  const rest = { token: 't', stream: 'r', rx: 0, untold: [], tx: 0, sent: 0, txLow: 1, tail: [], next: 1, dead: [] };
  return seal({ sid: 's', epoch: 1, segments: [], ...rest, ...head });
};

/** A page of b, with what lies in its store, which other tabs hold some of, and the answers to its requests. */
function page({ hash = `#switchover-code=${CODE}&door`, referrer = `${A}/`, pathname = '/room' } = {}) {
  const values = new Map<string, string>();
  const held = new Set<string>();
  const answers: (Response | 'broken')[] = [];
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const shown: string[] = [];
  const left: string[] = [];
  const listeners: (() => void)[] = [];
  const location = { origin: B, pathname, search: '?of=ann', hash, replace: (to: string) => void left.push(to) };
  const storage: KeyValueStore = {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
    keys: () => [...values.keys()],
    locks: { acquire: (name) => (held.has(name) ? null : () => {}) },
  };
  const hang = (method: 'get' | 'set') => Object.assign(storage, { [method]: () => new Promise(() => {}) });
  const arrive = () =>
    handoff({
      hosts: [A, B],
      name: 'chat',
      storage,
      page: {
        location,
        history: { state: { kept: 1 }, replaceState: (state, _, to) => void shown.push(JSON.stringify(state), to) },
        referrer,
        onFragment: (listener) => void listeners.push(listener),
        showOrigin: () => void left.push('origin shown'),
        submit: (action, fields) => void left.push(action, JSON.stringify(fields)),
        async fetch(url, init) {
          asked.push({ url, init });
          const answer = answers.shift();
          if (answer === undefined || answer === 'broken') throw new TypeError('nobody answers');
          return answer;
        },
      },
    });
  const bring = (entries: readonly (readonly [string, string])[], already = false) =>
    answers.push(Response.json({ parcel: { version: 1, entries }, already, data: null }));
  const follow = (fragment: string): void => {
    location.hash = fragment;
    for (const listener of listeners) listener();
  };
  return { values, held, answers, asked, shown, left, arrive, bring, follow, hang };
}

describe('a page that comes with a code', () => {
  test('takes it out of its address before anything else, whatever the path looks like', () => {
    for (const pathname of ['/room', '//evil.example']) {
      const { arrive, shown } = page({ pathname });
      arrive();
      expect(shown).toEqual(['{"kept":1}', `${B}${pathname}?of=ann#door`]);
    }
  });

  test('has it redeemed by its own host, and says where it came from and who is signed in', async () => {
    const { arrive, asked, values, bring } = page();
    values.set('switchover:chat:session', '{"token":"mine"}');
    bring([]);
    expect(await arrive().arrived).toEqual({ kind: 'arrived', already: false, data: null, unpacked: true });
    expect(asked.map(({ url }) => url)).toEqual([`${B}/switchover-handoff/redeem`]);
    expect(asked[0]?.init).toMatchObject({
      method: 'POST',
      headers: { Authorization: 'Bearer mine' },
      body: JSON.stringify({ code: CODE, from: A }),
      redirect: 'error',
    });
  });

  test('does not even show one that it was given by another site', async () => {
    const { arrive, asked } = page({ referrer: 'https://evil.example/' });
    expect(await arrive().arrived).toMatchObject({ kind: 'refused', error: { code: 'HANDOFF_REFUSED' } });
    expect(asked).toEqual([]);
  });

  test('asks once more where the connection broke, and says why it is refused', async () => {
    const { arrive, answers, asked } = page();
    answers.push('broken', Response.json({ error: 'occupied' }, { status: 409 }));
    const arrival = await arrive().arrived;
    expect(arrival).toMatchObject({ kind: 'refused', error: { message: 'Another user is signed in here.' } });
    expect(asked).toHaveLength(2);
  });

  test('is as any page where nobody answers, or what comes makes no sense', async () => {
    for (const answer of [undefined, new Response('<html>'), Response.json({ error: '__proto__' }, { status: 403 })]) {
      const { arrive, answers, values } = page();
      if (answer !== undefined) answers.push(answer);
      expect(await arrive().arrived).toMatchObject({ kind: 'refused' });
      expect([...values]).toEqual([]);
    }
  });

  test('is not held up by a storage that hangs', async () => {
    vi.useFakeTimers();
    try {
      const reading = page();
      reading.hang('get');
      reading.bring([]);
      const read = reading.arrive().arrived;
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await read).toMatchObject({ kind: 'arrived' });
      const writing = page();
      writing.hang('set');
      writing.bring([['switchover:chat:session', 'token']]);
      const written = writing.arrive().arrived;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await written).toMatchObject({ kind: 'arrived', unpacked: false });
    } finally {
      vi.useRealTimers();
    }
  });

  test('takes no code that comes later, and keeps none for a reload', async () => {
    const { arrive, asked, shown, follow } = page({ hash: '' });
    await arrive().arrived;
    follow('#door');
    follow(`#switchover-code=${CODE}&door`);
    expect([asked, shown]).toEqual([[], ['{"kept":1}', `${B}/room?of=ann#door`]]);
  });

  test('without a code asks nobody', async () => {
    const { arrive, asked, shown } = page({ hash: '#door' });
    expect(await arrive().arrived).toEqual({ kind: 'none' });
    expect([asked, shown]).toEqual([[], []]);
  });
});

describe('what came along', () => {
  const unpacked = async (of: ReturnType<typeof page>) => {
    await of.arrive().arrived;
    return Object.fromEntries(of.values);
  };

  test('is stored, and nothing but what is the app’s', async () => {
    const of = page();
    of.bring([
      ['switchover:chat:session', 'token'],
      ['switchover:other:session', 'x'],
      ['__proto__', 'x'],
      ['login', 'x'],
    ]);
    expect(await unpacked(of)).toEqual({ 'switchover:chat:session': 'token' });
  });

  test('leaves the token of a user who is signed in already', async () => {
    const of = page();
    of.values.set('switchover:chat:session', '{"token":"newer"}');
    of.bring([['switchover:chat:session', 'older']], true);
    expect(await unpacked(of)).toEqual({ 'switchover:chat:session': '{"token":"newer"}' });
  });

  test('gets the first place that no living tab has, with its segments; what lay there makes room', async () => {
    const of = page();
    const coming = headOf({ segments: [1] });
    const there = headOf({ sid: 'other', segments: [1, 2], dead: [3] });
    of.held.add(KEY);
    for (const [at, value] of [
      [KEY, 'living'],
      [`${KEY}#1`, there],
      [`${KEY}#1.1`, 'one'],
      [`${KEY}#1.2`, 'two'],
      [`${KEY}#1.3`, 'three'],
    ] as const)
      of.values.set(at, value);
    of.bring([
      [`${KEY}#7`, coming],
      [`${KEY}#7.1`, 'segment'],
    ]);
    expect(await unpacked(of)).toEqual({
      [KEY]: 'living',
      [`${KEY}#1`]: coming,
      [`${KEY}#1.1`]: 'segment',
      [`${KEY}#2`]: there,
      [`${KEY}#2.1`]: 'one',
      [`${KEY}#2.2`]: 'two',
    });
  });

  test('takes the place of an older state of the same session, and makes way for a newer one', async () => {
    const cases = [
      { there: 1, coming: 2, kept: 2 },
      { there: 2, coming: 2, kept: 2 },
      { there: 3, coming: 2, kept: 3 },
    ];
    for (const { there, coming, kept } of cases) {
      const of = page();
      of.values.set(KEY, headOf({ epoch: there, stream: 'here' }));
      of.bring([[KEY, headOf({ epoch: coming, stream: 'came' })]]);
      const stream = coming > there ? 'came' : 'here';
      expect(await unpacked(of)).toEqual({ [KEY]: headOf({ epoch: kept, stream }) });
    }
  });

  test('is known by its seed where it was in no session yet', async () => {
    const of = page();
    const own = headOf({ sid: '', epoch: 0, seed: 'one' });
    of.values.set(KEY, own);
    of.bring([[KEY, own]]);
    expect(await unpacked(of)).toEqual({ [KEY]: own });
    const other = page();
    other.values.set(KEY, own);
    const coming = headOf({ sid: '', epoch: 0, seed: 'two' });
    other.bring([[KEY, coming]]);
    expect(await unpacked(other)).toEqual({ [KEY]: coming, [`${KEY}#1`]: own });
  });

  test('is left out where it is torn', async () => {
    const of = page();
    of.bring([
      [KEY, headOf({}).slice(0, -2)],
      [`${KEY}#1`, seal([])],
      [`${KEY}#2`, seal({ sid: 7 })],
    ]);
    expect(await unpacked(of)).toEqual({});
  });
});

describe('leaving', () => {
  test('leads by a form where that is asked for, with the code in no address', async () => {
    const of = page({ hash: '#door' });
    const moves = of.arrive();
    await moves.keep('resume');
    of.answers.push(Response.json({ code: CODE }));
    await moves.to(A, { by: 'form' });
    expect(of.left).toEqual([
      'origin shown',
      `${A}/switchover-handoff/enter`,
      JSON.stringify({ code: CODE, to: '/room?of=ann#door' }),
    ]);
  });

  test('goes nowhere without a code', async () => {
    const of = page({ hash: '' });
    const moves = of.arrive();
    const why = (promise: Promise<void>) =>
      promise.then(
        () => 'left',
        (error) => error.code,
      );
    expect(await why(moves.to('https://evil.example'))).toBe('UNLISTED_HOST');
    expect(await why(moves.to(B))).toBe('UNLISTED_HOST');
    expect(await why(moves.to(A))).toBe('HANDOFF_FAILED');
    await moves.keep('resume');
    expect(await why(moves.to(A))).toBe('HANDOFF_FAILED');
    of.answers.push(new Response('{}', { status: 401 }));
    expect(await why(moves.to(A))).toBe('HANDOFF_FAILED');
    expect(of.left).toEqual([]);
  });

  test('refuses a place that could be read as another host, and a way that there is not', async () => {
    const of = page({ hash: '' });
    const moves = of.arrive();
    const place = { pathname: '/', search: '', hash: '' };
    for (const wrong of [
      { pathname: '.evil.example/' },
      { pathname: '@evil.example' },
      { search: 'x' },
      { hash: 'x' },
    ]) {
      await expect(moves.to(A, { place: { ...place, ...wrong } })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    }
    await expect(moves.to(A, { by: 'mail' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    for (const token of ['', undefined, 7]) {
      await expect(moves.keep(token as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    }
    expect([of.asked, of.left]).toEqual([[], []]);
  });

  test('says so where the storage hangs, or tells nothing', async () => {
    vi.useFakeTimers();
    try {
      const of = page({ hash: '' });
      of.values.set('switchover:chat:handoff', 'resume');
      of.hang('get');
      const leaving = expect(of.arrive().to(A)).rejects.toMatchObject({ code: 'HANDOFF_FAILED' });
      await vi.advanceTimersByTimeAsync(5_000);
      await leaving;
      expect([of.asked, of.left]).toEqual([[], []]);
    } finally {
      vi.useRealTimers();
    }
  });
});
