import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOn, type Move, moveSession, packParcel, resumeToken, takeCode } from '../../../src/site/handoff.ts';

const B = 'https://b.example.com';
const CODE = 'c0de'.repeat(10);
const url = { pathname: '/room', search: '?of=ann', hash: '#door' };

describe('an address on another host', () => {
  test('is of that host, whatever the path', () => {
    for (const pathname of [
      '//evil.example',
      '/\\evil.example',
      '/@evil.example',
      '/.evil.example',
      '/%2f%2fevil.example',
    ]) {
      expect(new URL(addressOn(B, { ...url, pathname }, CODE)).origin).toBe(B);
    }
  });

  test('carries a code in front of the app’s own fragment, which is whole when the code is taken out', () => {
    const fragment = fc.string().map((text) => (text === '' ? '' : `#${text}`));
    fc.assert(
      fc.property(fragment, (hash) => {
        const address = addressOn(B, { ...url, hash }, CODE);
        expect(address.startsWith(`${B}/room?of=ann#`)).toBe(true);
        expect(takeCode(address.slice(address.indexOf('#')))).toEqual({ code: CODE, hash });
      }),
    );
  });

  test('that carries no code has none to be taken', () => {
    for (const hash of [
      '',
      '#',
      '#door',
      '#door&switchover-code=x',
      '#switchover-code=',
      `#switchover-code=${'x'.repeat(65)}`,
    ]) {
      expect(takeCode(hash)).toBeNull();
    }
  });
});

const token = JSON.stringify({ format: 1, token: 'of the session' });
const entries = [
  ['switchover:chat:session', token],
  ['switchover:chat:health', 'health'],
  ['switchover:chat:moves', 'of this host'],
  ['switchover:other:session', 'of another app'],
  ['switchover:channel:/talk', 'head'],
  ['switchover:channel:/talk.1', 'segment'],
  ['switchover:channel:/talk#1', 'head'],
  ['__proto__', 'x'],
] as const;

describe('a parcel', () => {
  test('holds what is the app’s, and no session that another tab has open', () => {
    const keys = (held?: string[]) => packParcel(entries, 'chat', held).entries.map(([key]) => key);
    const own = ['switchover:chat:session', 'switchover:chat:health'];
    const talks = ['switchover:channel:/talk', 'switchover:channel:/talk.1', 'switchover:channel:/talk#1'];
    expect(keys()).toEqual([...own, ...talks]);
    expect(keys(['switchover:channel:/talk'])).toEqual([...own, 'switchover:channel:/talk#1']);
    expect(keys(['switchover:channel:/talk#1'])).toEqual([...own, talks[0], talks[1]]);
    // Another channel, whose name goes on where that of the open one ends.
    const longer = [['switchover:channel:/talk.loud', 'head']] as const;
    expect(packParcel(longer, 'chat', ['switchover:channel:/talk']).entries).toEqual(longer);
  });

  test('goes with a token that was kept, else with that of the session', () => {
    expect(resumeToken(entries, 'chat')).toBe('of the session');
    expect(resumeToken([...entries, ['switchover:chat:handoff', 'kept']], 'chat')).toBe('kept');
    for (const text of ['', '{', 'null', '7', '{"token":7}']) {
      expect(resumeToken([['switchover:chat:session', text]], 'chat')).toBeNull();
    }
  });
});

describe('a move', () => {
  const move = (answers: readonly Response[], more: Partial<Move> = {}) => {
    const asked: { url: string; init: RequestInit }[] = [];
    const left = [...answers];
    const fetch = async (to: string, init: RequestInit): Promise<Response> => {
      asked.push({ url: to, init });
      const next = left.shift();
      if (next === undefined) throw new TypeError('nobody answers');
      return next;
    };
    const config = { name: 'chat', handoff: '/handoff' };
    return { asked, address: moveSession({ fetch, entries, config, backup: B, url, ...more }) };
  };
  const plain = `${B}/room?of=ann#door`;

  test('asks the host for a code, with the token in no address and without cookies', async () => {
    const { asked, address } = move([Response.json({ code: CODE })]);
    expect(await address).toBe(`${B}/room?of=ann#switchover-code=${CODE}&door`);
    expect(asked.map(({ url: to }) => to)).toEqual([`${B}/handoff/mint`]);
    const { body, ...init } = asked[0]?.init ?? {};
    expect(JSON.parse(String(body))).toMatchObject({ token: 'of the session', parcel: { version: 1 } });
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit', redirect: 'error', cache: 'no-store' });
  });

  test('goes without what the host finds too large', async () => {
    const { asked, address } = move([new Response(null, { status: 413 }), Response.json({ code: CODE })]);
    expect(await address).toContain(CODE);
    expect(JSON.parse(String(asked[1]?.init.body)).parcel.entries).toEqual([]);
  });

  test('takes nothing along that an encrypted store has written, and shows none of it', async () => {
    const sealed = ['switchover:chat:handoff', 'switchover-sealed1:AAAA'] as const;
    const { asked, address } = move([Response.json({ code: CODE })], { entries: [...entries, sealed] });
    expect(await address).toContain(CODE);
    expect(String(asked[0]?.init.body)).not.toContain('sealed');
    expect(JSON.parse(String(asked[0]?.init.body)).token).toBe('of the session');
    const alone = move([Response.json({ code: CODE })], { entries: [sealed] });
    expect([await alone.address, alone.asked]).toEqual([plain, []]);
  });

  test('leads to the plain address where the host takes no session, and where there is none', async () => {
    expect(await move([]).address).toBe(plain);
    for (const status of [401, 403, 404, 429, 500]) {
      expect(await move([new Response('{}', { status })]).address).toBe(plain);
    }
    expect(await move([new Response('no json')]).address).toBe(plain);
    for (const more of [{ entries: [] }, { config: { name: 'chat', handoff: null } }]) {
      const { asked, address } = move([Response.json({ code: CODE })], more);
      expect([await address, asked]).toEqual([plain, []]);
    }
  });
});
