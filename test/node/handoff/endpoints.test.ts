import { beforeAll, describe, expect, test } from 'vitest';
import {
  codeFor,
  cookieIn,
  enter,
  type Hosts,
  mint,
  PATH,
  redeem,
  send,
  signedIn,
  useHosts,
  userAt,
  whyOf,
} from './setup.ts';

const hostsOf = useHosts();
/** One pair for all tests that want nothing special. All of them come from one address, and are refused a lot. */
let hosts: Hosts;
const startShared = useHosts({ for: 'all' });
beforeAll(async () => {
  hosts = await startShared({ options: { rates: { addressBurst: 100_000 } } });
});
const parcel = { version: 1, entries: [['switchover:channel:/chat', 'what waits']] };

describe('a user who is moved to another host', () => {
  test('is signed in there, and gets what came along, when the host that he left is dead', async () => {
    const code = await codeFor(hosts, 'ann', parcel);
    await hosts.a.kill();
    const answer = await redeem(hosts, code);
    expect(JSON.parse(answer.text)).toEqual({ parcel, already: false, data: { hello: 'ann' } });
    expect(answer.headers['set-cookie']?.[0]).toMatch(/HttpOnly/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await userAt(hosts.b, cookieIn(answer.headers))).toBe('ann');
    await hosts.a.restart();
  });

  test('comes by a form, with the code in a cookie and in no address', async () => {
    const code = await codeFor(hosts, 'ann', parcel);
    const entered = await enter(hosts, { code, to: '/room?of=ann#door' });
    expect(entered.status).toBe(303);
    expect(entered.headers['location']).toBe(`${hosts.origins[1]}/room?of=ann#switchover-code=entered&door`);
    expect(entered.headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict/);
    const answer = await redeem(hosts, 'entered', { cookie: cookieIn(entered.headers) }, '');
    expect(JSON.parse(answer.text)).toMatchObject({ parcel });
    const [opened, forgotten] = answer.headers['set-cookie'] ?? [];
    expect(opened).toMatch(/^app=/);
    expect(forgotten).toMatch(/^switchover-code=; .*Max-Age=0/);
  });

  test('keeps the session that is there already', async () => {
    const { cookie } = await signedIn(hosts.b, 'ann');
    const answer = await redeem(hosts, await codeFor(hosts, 'ann', parcel), { cookie });
    expect(JSON.parse(answer.text)).toEqual({ parcel, already: true, data: null });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('is not let in where the application says no', async () => {
    const answer = await redeem(hosts, await codeFor(hosts, 'banned'));
    expect([answer.status, whyOf(answer), answer.headers['set-cookie']]).toEqual([403, 'closed', undefined]);
  });
});

describe('a code', () => {
  test('is good once, whoever asks at the same moment', async () => {
    const code = await codeFor(hosts, 'ann');
    const answers = await Promise.all([1, 2, 3, 4].map(() => redeem(hosts, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
    expect(whyOf(await redeem(hosts, code))).toBe('code');
  });

  test('is good once over several processes that share their codes', async () => {
    const hosts = await hostsOf({ shared: true });
    const code = await codeFor(hosts, 'ann');
    // The next process of b has nothing in its memory.
    await hosts.b.kill();
    await hosts.b.restart();
    expect((await redeem(hosts, code)).status).toBe(200);
    expect((await redeem(hosts, code)).status).toBe(403);
  });

  test('is worth nothing when its time is over', async () => {
    const hosts = await hostsOf({ options: { ttlMs: 1 } });
    const code = await codeFor(hosts, 'ann');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(whyOf(await redeem(hosts, code))).toBe('code');
  });

  test('that nobody has minted is refused', async () => {
    const forged = 'A'.repeat(43);
    for (const code of [forged, '', 'entered', null, 7, { length: 43 }, [forged], `${forged}\n`]) {
      const { status } = await redeem(hosts, code);
      expect([code, status]).toEqual([code, 403]);
    }
  });

  test('is for one host, and for one that it is left from', async () => {
    const hosts = await hostsOf({ shared: true });
    const code = await codeFor(hosts, 'ann');
    const [a, b] = hosts.origins;
    const atA = await send(
      hosts.a,
      `${PATH}/redeem`,
      { 'content-type': 'application/json', origin: a },
      JSON.stringify({ code, from: b }),
    );
    expect(whyOf(atA)).toBe('code');
    for (const from of ['', 'https://evil.example', b, `${a}.evil.example`, `${a}/`]) {
      expect(whyOf(await redeem(hosts, await codeFor(hosts, 'ann'), {}, from))).toBe('source');
    }
    // What was shown at the wrong place is used up.
    expect(whyOf(await redeem(hosts, code))).toBe('code');
  });
});

describe('nobody is signed in as somebody else', () => {
  test('over a user who is signed in', async () => {
    const { cookie, token } = await signedIn(hosts.b, 'victim');
    for (const shown of [{ cookie }, { authorization: `Bearer ${token}` }]) {
      const answer = await redeem(hosts, await codeFor(hosts, 'mallory'), shown);
      expect([answer.status, whyOf(answer), answer.headers['set-cookie']]).toEqual([409, 'occupied', undefined]);
    }
    expect(await userAt(hosts.b, cookie)).toBe('victim');
  });

  test('by a link with a code of the attacker, from wherever it is followed', async () => {
    for (const from of ['', 'https://evil.example']) {
      const answer = await redeem(hosts, await codeFor(hosts, 'mallory'), {}, from);
      expect([whyOf(answer), answer.headers['set-cookie']]).toEqual(['source', undefined]);
    }
  });

  test('by a form of another site, or in a frame', async () => {
    const code = await codeFor(hosts, 'mallory');
    for (const origin of ['https://evil.example', 'null', hosts.origins[1], `${hosts.origins[0]}.evil.example`]) {
      expect((await enter(hosts, { code }, { origin })).status).toBe(403);
    }
    expect((await enter(hosts, { code }, { 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await enter(hosts, { code }, { 'sec-fetch-mode': 'cors' })).status).toBe(403);
  });

  test('with what the attacker got for himself by the form', async () => {
    // He sends the form with a forged origin, which he can from anything but a browser. The cookie is in his hands, not the victim's.
    const code = await codeFor(hosts, 'mallory');
    await enter(hosts, { code });
    expect(whyOf(await redeem(hosts, 'entered', {}, ''))).toBe('code');
  });

  test('by a page of another origin that asks for it', async () => {
    const code = await codeFor(hosts, 'mallory');
    const [a, b] = hosts.origins;
    for (const headers of [{ origin: a }, { origin: 'null' }, { origin: b, 'sec-fetch-site': 'cross-site' }]) {
      expect((await redeem(hosts, code, headers)).status).toBe(403);
    }
    expect((await redeem(hosts, code, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await redeem(hosts, code, { host: 'rebound.example' })).status).toBe(421);
    // None of them has used it up.
    expect((await redeem(hosts, code)).status).toBe(200);
  });
});

describe('minting', () => {
  test('is for pages of the listed hosts, and for no others', async () => {
    const { token } = await signedIn(hosts.a, 'ann');
    const [a, b] = hosts.origins;
    const ask = (origin: string, method: string) =>
      send(
        hosts.b,
        `${PATH}/mint`,
        { origin, 'content-type': 'application/json', 'access-control-request-method': 'POST' },
        method === 'POST' ? JSON.stringify({ token }) : '',
        method,
      );
    for (const origin of ['https://evil.example', 'null', b, `${a}.evil.example`, a.replace('http:', 'https:')]) {
      for (const method of ['OPTIONS', 'POST']) {
        const { status, headers, text } = await ask(origin, method);
        expect([origin, status, headers['access-control-allow-origin']]).toEqual([origin, 403, undefined]);
        expect(text).not.toContain('code');
        expect(headers['vary']).toBe('Origin');
      }
    }
    const preflight = await ask(a, 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': a,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'cache-control': 'no-store',
      vary: 'Origin',
    });
    const minted = await ask(a, 'POST');
    expect(minted.headers).toMatchObject({
      'access-control-allow-origin': a,
      'cache-control': 'no-store',
      vary: 'Origin',
    });
    for (const { headers } of [preflight, minted]) expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('needs a good token, whatever cookies come along', async () => {
    const { cookie, token } = await signedIn(hosts.b, 'ann');
    const answer = await mint(hosts, { token: `${token}x` }, { cookie });
    expect([answer.status, whyOf(answer)]).toEqual([401, 'token']);
    expect(answer.headers['access-control-allow-origin']).toBe(hosts.origins[0]);
  });

  test('refuses what is malformed, and stays alive', async () => {
    const { token } = await signedIn(hosts.a, 'ann');
    const entries = (...list: unknown[]) => ({ token, parcel: { version: 1, entries: list } });
    const bad: unknown[] = ['', '{', '[]', 'null', '7', '"text"', {}, { token: '' }, { token: 7 }, { token: [token] }];
    const parcels = [entries('text'), entries(['key']), entries(['key', 7]), entries(['a', 'b', 'c'])];
    const others = [
      { token, parcel: [] },
      { token, parcel: { version: 2, entries: [] } },
      { token, parcel: null },
    ];
    for (const body of [...bad, ...parcels, ...others]) {
      const { status } = await mint(hosts, body);
      expect([body, status]).toEqual([body, 400]);
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      expect((await mint(hosts, { token }, { 'content-type': type })).status).toBe(415);
    }
    expect((await send(hosts.b, `${PATH}/mint`, {}, '', 'GET')).status).toBe(405);
    expect((await mint(hosts, { token })).status).toBe(200);
  });

  test('takes names of prototypes for what they are: names', async () => {
    const { token } = await signedIn(hosts.a, 'ann');
    const entries = [
      ['__proto__', 'polluted'],
      ['constructor', 'polluted'],
    ];
    const body = `{"token":"${token}","__proto__":{"polluted":1},"parcel":{"version":1,"entries":${JSON.stringify(entries)},"__proto__":{"polluted":1}}}`;
    const { code } = JSON.parse((await mint(hosts, body)).text);
    const answer = JSON.parse((await redeem(hosts, code)).text);
    expect(answer.parcel).toEqual({ version: 1, entries });
    expect((await mint(hosts, '{"__proto__":{"token":"x"}}')).status).toBe(400);
    expect((await redeem(hosts, '__proto__')).status).toBe(403);
  });

  test('takes a parcel up to its limit, and not a byte more', async () => {
    const hosts = await hostsOf({ options: { maxBytes: 1_000 } });
    const { token } = await signedIn(hosts.a, 'ann');
    const sized = (bytes: number) => ({ version: 1, entries: [['k', 'é'.repeat((bytes - 10) / 2)]] });
    expect((await mint(hosts, { token, parcel: sized(1_002) })).status).toBe(413);
    expect((await mint(hosts, { token, parcel: sized(1_000) })).status).toBe(200);
    // Far above it, the body is not even read.
    expect((await mint(hosts, { token, parcel: sized(100_000) })).status).toBe(413);
  });
});

describe('the return path', () => {
  test('leads to this host, whatever a browser might read in it', async () => {
    const code = await codeFor(hosts, 'ann');
    const evil = [
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      '@evil.example',
      '.evil.example',
      '',
      'room',
      '/room\r\nSet-Cookie: app=1',
      '/ü',
      `/room?${'x'.repeat(70_000)}`,
    ];
    for (const to of evil) {
      const { status, headers } = await enter(hosts, { code, to });
      expect([to.slice(0, 40), status >= 400, headers['location']]).toEqual([to.slice(0, 40), true, undefined]);
    }
    for (const to of [
      '/%2f%2fevil.example',
      '/%5cevil.example',
      '/a//evil.example',
      '/?to=//evil.example#//evil.example',
      '/?to=\\\\evil.example#/\\evil.example',
    ]) {
      const { headers } = await enter(hosts, { code, to });
      expect(new URL(String(headers['location'])).origin).toBe(hosts.origins[1]);
    }
  });
});

describe('limits', () => {
  test('stop one address that guesses, and count what is refused tenfold', async () => {
    const hosts = await hostsOf({ options: { rates: { perAddress: 1, addressBurst: 30 } } });
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push((await mint(hosts, { token: `guess-${n}` })).status);
    expect(statuses.slice(0, 3)).toEqual([401, 401, 401]);
    const last = await mint(hosts, { token: 'guess' });
    expect([last.status, Number(last.headers['retry-after']) > 0]).toEqual([429, true]);
  });

  test('stop all together', async () => {
    const hosts = await hostsOf({ options: { rates: { total: 1, totalBurst: 3 } } });
    const { token } = await signedIn(hosts.a, 'ann');
    const answers = await Promise.all(Array.from({ length: 20 }, () => mint(hosts, { token })));
    const good = answers.filter(({ status }) => status === 200).length;
    expect(good).toBeGreaterThanOrEqual(3);
    expect(good).toBeLessThan(20);
  });
});

test('no token and no code is in an address, in a referrer or in what is said of refusals', async () => {
  const hosts = await hostsOf();
  const { token, cookie } = await signedIn(hosts.a, 'ann');
  const code = await codeFor(hosts, 'ann', parcel);
  await redeem(hosts, code);
  await redeem(hosts, code);
  await mint(hosts, { token: `${token}x` });
  await mint(hosts, `{"token":"${token}",`);
  const again = await codeFor(hosts, 'ann');
  await enter(hosts, { code: again, to: '/room' });
  await enter(hosts, { code: again, to: '//evil.example' }, { cookie });
  const log = hosts.log();
  expect(log.match(/"why":"(\w+)"/g)).toEqual(['"why":"code"', '"why":"token"', '"why":"format"', '"why":"format"']);
  for (const secret of [token, code, again, cookie.slice('app='.length)]) expect(log).not.toContain(secret);
});
