import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Server } from '../../rig/cluster.ts';
import { session } from './appSession.ts';
import { tell, tokensAt, useClients, useServers, work } from './servers.ts';

const start = useServers();
const client = useClients();
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that nobody has listed, and everything that it was sent. */
async function stranger(): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const inHeader = { ...session, attach: (token: string) => ({ 'X-Session': token }) };

describe('a token', () => {
  test('is not sent to an origin that is not listed, whoever asks for it', async () => {
    const [a] = (await start('a')) as [Server];
    const foreign = await stranger();
    const failover = client([a]);
    await work(failover, 0);
    const [token] = tokensAt(a, '/work');
    await failover.fetch(`${foreign.url}/me`);
    await failover.http.get(`${foreign.url}/me`);
    expect(foreign.seen).toHaveLength(2);
    expect(foreign.seen.join()).not.toContain(String(token));
  });

  test('does not cross a redirect to another origin as Authorization', async () => {
    const [a] = (await start('a')) as [Server];
    const foreign = await stranger();
    const failover = client([a]);
    await work(failover, 0);
    const [token] = tokensAt(a, '/work');
    await tell(a, { kind: 'redirect', path: '/old', to: `${foreign.url}/new` });
    await failover.fetch('/old');
    expect(tokensAt(a, '/old')).toEqual([token]);
    expect(foreign.seen).toHaveLength(1);
    expect(foreign.seen.join()).not.toContain(String(token));
  });

  test('does not cross a redirect in a header of its own: the redirect is refused, and the host not blamed', async () => {
    const [a] = (await start('a')) as [Server];
    const foreign = await stranger();
    const failover = client([a], { session: inHeader });
    await work(failover, 0);
    await tell(a, { kind: 'redirect', path: '/old', to: `${foreign.url}/new` });
    await expect(failover.fetch('/old')).rejects.toMatchObject({ code: 'TOKEN_REFUSED' });
    expect(foreign.seen).toEqual([]);
    expect(failover.status.hosts.map(({ state }) => state)).toEqual(['up']);
    expect(await work(failover, 1)).toMatchObject({ session: 1 });
  });

  test('is not handed on by a redirected resume', async () => {
    const [a, b] = (await start('a', 'b')) as [Server, Server];
    const foreign = await stranger();
    const failover = client([a, b]);
    await work(failover, 0);
    await tell(b, { kind: 'redirect', path: '/resume', to: `${foreign.url}/new` });
    await a.kill();
    await expect(work(failover, 1)).rejects.toMatchObject({ code: 'SESSION_LOST', cause: { code: 'TOKEN_REFUSED' } });
    expect(foreign.seen).toEqual([]);
  });

  test('stays out of every URL', async () => {
    const [a, b] = (await start('a', 'b')) as [Server, Server];
    const failover = client([a, b]);
    await work(failover, 0);
    await a.kill();
    await work(failover, 1);
    const tokens = [...tokensAt(a, '/work'), ...tokensAt(b, '/work')];
    const urls = [a, b].flatMap((server) => server.counts().received.map(({ path }) => path)).join();
    expect(tokens).toHaveLength(2);
    for (const token of tokens) expect(urls).not.toContain(String(token));
  });
});
