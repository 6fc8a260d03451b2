import { describe, expect, test } from 'vitest';
import { createFailover, type FailoverOptions } from '../../../src/index.node.ts';
import type { EventSourceInit } from '../../../src/socket/eventSource/options.ts';
import type { Server } from '../../rig/cluster.ts';
import type { Mode } from '../../rig/protocol.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';

/** Numbered events without an end. A server goes on behind the ID that it is shown, so both tell the same story. */
const PATH = '/sse?count=1000000&everyMs=10';
const LIMIT_MS = 20_000;

const rig = useRig();

/** Two servers and a stream over both. */
async function stream(init: EventSourceInit = {}, options: Partial<FailoverOptions> = {}, path = PATH) {
  const a = await rig.server({ name: 'a' });
  const b = await rig.server({ name: 'b' });
  return { a, b, ...follow([a, b], init, options, path) };
}

function follow(servers: readonly Server[], init: EventSourceInit, options: Partial<FailoverOptions>, path: string) {
  const failover = createFailover({ hosts: servers.map(({ url }) => url), failback: { holdMs: 0 }, ...options });
  rig.owns({ [Symbol.asyncDispose]: async () => failover.close() });
  const source = new failover.EventSource(path, init);
  const seen: { readonly data: number; readonly origin: string }[] = [];
  const errors: string[] = [];
  source.onmessage = ({ data, origin }) => seen.push({ data: Number(data), origin });
  source.addEventListener('error', ({ error }) => errors.push(error.code));
  const reach = (done: () => boolean, what: string) => until(done, LIMIT_MS, () => `${what}: ${seen.length} ${errors}`);
  return {
    failover,
    source,
    seen,
    errors,
    /** Waits for so many more events, all from this server on. */
    async from(server: Server, count = 10) {
      await reach(() => seen.at(-1)?.origin === server.url, `nothing from ${server.name}`);
      const before = seen.length;
      await reach(() => seen.length >= before + count, `no more from ${server.name}`);
      expect(seen.slice(before).every(({ origin }) => origin === server.url)).toBe(true);
    },
    /** Each event once and in order. */
    checkWhole: () => expect(seen.map(({ data }) => data)).toEqual(seen.map((_, index) => index + 1)),
  };
}

/** How often a server was asked for the stream. */
const asked = (server: Server) => server.counts().received.filter(({ path }) => path === PATH).length;

describe('an event stream', () => {
  test('goes on at the other server when its own is killed, and returns when that is back', async () => {
    const { a, b, failover, from, checkWhole, errors } = await stream();
    await from(a);
    await a.kill();
    await from(b);
    await until(
      () => failover.status.current === b.url,
      LIMIT_MS,
      () => 'the dead server is still the current one',
    );
    await a.restart();
    await from(a);
    await a.kill();
    await from(b);
    checkWhole();
    expect(errors.length).toBeGreaterThanOrEqual(2);
    // One stream of each life of a server, and one more that may have been under way when it died.
    expect(asked(b)).toBeLessThanOrEqual(3);
  });

  test('goes on at the other server when its own is frozen', async () => {
    const { a, b, from, checkWhole } = await stream({ stallMs: 500 }, { timeout: { attemptMs: 500 } });
    await from(a);
    await a.freeze();
    await from(b);
    checkWhole();
    await a.thaw();
    await from(a);
    checkWhole();
  });

  test('leaves a server that drains before that ends the stream', async () => {
    const { a, b, failover, from, checkWhole, errors } = await stream();
    await from(a);
    await a.mode({ kind: 'draining', endAfterMs: 1_000 });
    await failover.fetch('/echo');
    await from(b);
    expect(errors).toEqual([]);
    await a.exited;
    await from(b);
    checkWhole();
    expect(errors).toEqual([]);
  });

  test.each<[string, Mode]>([
    ['500', { kind: 'status', status: 500 }],
    ['503', { kind: 'status', status: 503 }],
    ['a page of HTML', { kind: 'status', status: 200, headers: { 'content-type': 'text/html' } }],
    ['an error page', { kind: 'errorPage' }],
  ])('survives servers that answer %s', async (_, mode) => {
    const { a, b, from, checkWhole } = await stream();
    await from(a);
    await a.mode(mode);
    await b.mode(mode);
    await a.restart({ mode });
    await until(
      () => asked(a) >= 2 && asked(b) >= 1,
      LIMIT_MS,
      () => `asked ${asked(a)} and ${asked(b)} times`,
    );
    await b.mode({ kind: 'ok' });
    await from(b);
    checkWhole();
  });

  test('outlives the restart of both servers, and asks them no more often than it should', async () => {
    const { a, b, seen, source, from, checkWhole } = await stream();
    await from(a);
    await Promise.all([a.kill(), b.kill()]);
    await until(
      () => source.readyState === source.CONNECTING,
      LIMIT_MS,
      () => 'the stream does not notice',
    );
    const before = seen.length;
    await Promise.all([a.restart(), b.restart()]);
    await until(
      () => seen.length > before + 10,
      LIMIT_MS,
      () => 'the stream does not come back',
    );
    checkWhole();
    expect(asked(a) + asked(b)).toBeLessThanOrEqual(6);
  });

  test('follows a redirect, and begins at its own URL again afterwards', async () => {
    const a = await rig.server({
      name: 'a',
      mode: { kind: 'status', status: 307, headers: { location: PATH }, times: 1 },
    });
    const b = await rig.server({ name: 'b' });
    const moved = `${PATH}&moved`;
    const { from, checkWhole } = follow([a, b], {}, {}, moved);
    await from(a);
    await a.kill();
    await from(b);
    checkWhole();
    expect(
      a
        .counts()
        .received.map(({ path }) => path)
        .slice(0, 2),
    ).toEqual([moved, PATH]);
    expect(b.counts().received.find(({ path }) => path.startsWith('/sse'))?.path).toBe(moved);
  });

  test('a server that closes each stream is asked again, in its own time', async () => {
    const path = '/sse?count=3';
    const a = await rig.server({ name: 'a' });
    const { seen, source, errors } = follow([a], { retryMs: 100 }, {}, path);
    await until(
      () => errors.length >= 5,
      LIMIT_MS,
      () => `${errors.length} ends`,
    );
    source.close();
    // It shows the last ID, so nothing comes twice.
    expect(seen.map(({ data }) => data)).toEqual([1, 2, 3]);
    expect(a.counts().work).toBeLessThanOrEqual(errors.length + 1);
  });
});
