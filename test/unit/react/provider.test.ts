import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createElement, type ReactNode } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createFailover, type FailoverOptions } from '../../../src/index.node.ts';
import {
  FailoverBanner,
  FailoverProvider,
  useChannel,
  useFailover,
  useHostStatus,
  useSession,
} from '../../../src/react/index.ts';
import { OwnFailover } from '../../../src/react/ownFailover.ts';
import { SessionStore } from '../../../src/react/sessionStore.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import { settle } from '../../../src/testing/settle.ts';

const HOSTS = ['https://a.example.com', 'https://b.example.com'];

/** Options whose every way out of the program is watched. */
function watched() {
  const touched: string[] = [];
  const note =
    <Result>(name: string, result: () => Result) =>
    (): Result => {
      touched.push(name);
      return result();
    };
  const nothing = () => undefined;
  const end = () => () => {};
  const options: FailoverOptions = {
    hosts: HOSTS,
    fetch: note('fetch', () => Promise.resolve(Response.json({ ok: true }))),
    storage: { get: note('get', nothing), set: note('set', nothing), delete: note('delete', nothing) },
    clock: { now: () => 0, wallTime: () => 0, setTimer: note('setTimer', end) },
    connectivity: { isOnline: () => true, subscribe: note('connectivity', end) },
    lifecycle: { subscribe: note('lifecycle', end) },
    session: { open: note('open', () => 'token') },
  };
  return { options, touched };
}

/** It uses all hooks, and takes the failover apart as components do. */
function Everything(): ReactNode {
  const { fetch, http, session, status } = useFailover();
  const { state, send } = useChannel('/channel', { onMessage: () => {} });
  const current = useHostStatus((shown) => shown.current);
  const parts = [typeof fetch, typeof http.get, session?.state, status.current === current, state.kind, typeof send];
  return createElement('p', {}, [...parts, useSession().state].join(), createElement(FailoverBanner));
}

const Current = (): ReactNode => useHostStatus(({ current }) => current);
const Eager = (): ReactNode => String(useFailover().pool);

const render = (options: FailoverOptions, child: () => ReactNode = Everything) =>
  createElement(FailoverProvider, { options }, createElement(child));

const HTML =
  '<p>function,function,none,true,connecting,function,none<div role="status" aria-live="polite" aria-atomic="true" data-kind="well"></div></p>';

describe('on a server', () => {
  test('everything is rendered, and nothing is opened', async () => {
    const { options, touched } = watched();
    expect(renderToString(render(options))).toBe(HTML);
    const { pipe } = renderToPipeableStream(render(options), { onShellReady: () => pipe(stream) });
    const stream = new PassThrough();
    expect(await text(stream)).toBe(HTML);
    expect(touched).toEqual([]);
  });

  test('a failover that the app has made is not touched, and shows what it was configured with', () => {
    const failover = createFailover({ hosts: HOSTS, storage: memoryStore() });
    failover.prefer(HOSTS[1] ?? '');
    const html = renderToString(createElement(FailoverProvider, { failover }, createElement(Current)));
    expect(html).toBe(HOSTS[0]);
    expect(failover.status.closed).toBe(false);
    failover.close();
  });

  test('using what is not made yet is an error that says so', () => {
    const { options } = watched();
    expect(() => renderToString(render(options, Eager))).toThrow(expect.objectContaining({ code: 'NOT_MOUNTED' }));
  });
});

describe('misuse', () => {
  const codeOf = (element: ReactNode): unknown => {
    try {
      return renderToString(element);
    } catch (error) {
      const { code, remedy } = error as { code: string; remedy: string };
      return remedy.length > 0 ? code : 'no remedy';
    }
  };
  const failover = {} as never;

  test.each<[code: string, what: string, element: () => ReactNode]>([
    ['NO_PROVIDER', 'a hook without a provider', () => createElement(() => useFailover().status.current)],
    ['NO_PROVIDER', 'a banner without a provider', () => createElement(FailoverBanner)],
    ['INVALID_OPTION', 'a provider of nothing', () => createElement(FailoverProvider)],
    [
      'INVALID_OPTION',
      'a provider of two',
      () => createElement(FailoverProvider, { failover, options: { hosts: HOSTS } }),
    ],
    ['NO_HOSTS', 'a provider without hosts', () => render({ hosts: [] })],
    ['INVALID_HOST', 'a provider of a host that is none', () => render({ hosts: ['nowhere'] })],
    ['NO_SESSION', 'a session that is not configured', () => render({ hosts: HOSTS }, () => useSession().state)],
    [
      'INVALID_OPTION',
      'a banner that waits less than no time',
      () => render({ hosts: HOSTS }, () => createElement(FailoverBanner, { settleMs: -1 })),
    ],
  ])('%s: %s', (code, _what, element) => {
    expect(codeOf(element())).toBe(code);
  });
});

describe('the failover that a provider makes', () => {
  test('is made once for all who hold it, outlives a moment without any, and is closed after the last', async () => {
    const own = new OwnFailover(watched().options);
    const [one, two] = [own.hold(), own.hold()];
    const { made } = own;
    one();
    two();
    const three = own.hold();
    await settle();
    expect(own.made).toBe(made);
    expect(made?.status.closed).toBe(false);
    three();
    await settle();
    expect(made?.status.closed).toBe(true);
    expect(own.made).toBeNull();
    expect(() => own.on('failover', () => {})).toThrow(expect.objectContaining({ code: 'NOT_MOUNTED' }));
  });

  test('works through what was taken apart before it was made', async () => {
    const { options, touched } = watched();
    const own = new OwnFailover(options);
    const { fetch, http, session } = own;
    const { get } = http;
    await expect(fetch('/me')).rejects.toMatchObject({ code: 'NOT_MOUNTED' });
    expect(() => get('me')).toThrow(expect.objectContaining({ code: 'NOT_MOUNTED' }));
    expect(touched).toEqual([]);
    const letGo = own.hold();
    expect(touched).toEqual(expect.arrayContaining(['connectivity', 'lifecycle']));
    expect(own.http.get).toBe(own.made?.http.get);
    await own.ready;
    expect(await get('me').json()).toEqual({ ok: true });
    expect(await (await fetch('/me')).json()).toEqual({ ok: true });
    expect(session).toMatchObject({ state: 'open', host: HOSTS[0] });
    expect(touched).toContain('open');
    await session?.end();
    expect(session?.state).toBe('none');
    letGo();
  });

  test('tells of each state of its session, as a component sees them', async () => {
    const own = new OwnFailover(watched().options);
    const letGo = own.hold();
    const store = new SessionStore(() => own.made);
    const seen: string[] = [];
    const end = store.subscribe(() => seen.push(`${store.get().state} ${store.get().host}`));
    const first = store.get();
    expect(store.get()).toBe(first);
    await own.fetch('/me');
    await own.fetch('/me');
    await store.handle(store.get()).end();
    end();
    await own.fetch('/me');
    expect(seen).toEqual(['opening null', `open ${HOSTS[0]}`, 'none null']);
    letGo();
  });

  test('may find its hosts by itself', () => {
    const discovery = { load: () => Promise.resolve(null), refreshMs: 1_000 };
    expect(new OwnFailover({ hosts: [], discovery }).status.hosts).toEqual([]);
  });
});
