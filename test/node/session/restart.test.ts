import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../rig/cluster.ts';
import { pathsAt, tell, tokensAt, useFolder, useServers, type WorkAnswer } from './servers.ts';

const start = useServers();
const folder = useFolder();
const PROGRAM = fileURLToPath(new URL('./programs/sessionClient.ts', import.meta.url));

interface Life {
  readonly answer: WorkAnswer;
  readonly events: readonly string[];
}

/** One life of a client process. */
async function live(directory: string, servers: readonly Server[]): Promise<Life> {
  const args = [PROGRAM, directory, ...servers.map(({ url }) => url)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Life;
}

/** The file of the stored token. */
function tokenFile(directory: string): string {
  const files = readdirSync(directory).map((name) => join(directory, name));
  const [file] = files.filter((path) => readFileSync(path, 'utf8').includes('"token"'));
  if (file === undefined) throw new Error(`no token among ${files.join(', ')}`);
  return file;
}

describe('a client process that is started again', () => {
  test('goes on with its session without a login, also where the server is another one by then', async () => {
    const servers = await start('a', 'b');
    const [a, b] = servers as [Server, Server];
    const directory = folder();
    expect(await live(directory, servers)).toMatchObject({ answer: { server: 'a', session: 1 }, events: ['opened'] });
    expect(await live(directory, servers)).toMatchObject({ answer: { server: 'a', session: 1 }, events: ['resumed'] });
    await a.kill();
    expect(await live(directory, servers)).toMatchObject({ answer: { server: 'b', session: 1 }, events: ['resumed'] });
    expect(pathsAt(a)).toEqual({ '/login': 1, '/resume': 1, '/work': 2 });
    expect(pathsAt(b)).toEqual({ '/resume': 1, '/work': 1 });
    expect(tokensAt(b, '/resume')).toEqual([tokensAt(a, '/work')[1]]);
  });

  test('logs in anew where the stored token can not be read, and says so', async () => {
    const servers = await start('a');
    const directory = folder();
    await live(directory, servers);
    writeFileSync(tokenFile(directory), 'not what was written');
    const { answer, events } = await live(directory, servers);
    expect([answer.session, events]).toEqual([2, ['STORAGE_FAILED', 'opened']]);
  });

  test('does not send its token to other hosts than it was for', async () => {
    const [a] = (await start('a')) as [Server];
    const [stranger] = (await start('stranger')) as [Server];
    const directory = folder();
    await live(directory, [a]);
    const [token] = tokensAt(a, '/work');
    expect(await live(directory, [stranger])).toMatchObject({ events: ['lost', 'opened'] });
    const seen = stranger.counts().received.map(({ key }) => key);
    expect([seen.length, seen.includes(token ?? null)]).toEqual([2, false]);
  });

  test('that finds its session forgotten says so once, and the life after that begins a new one', async () => {
    const servers = await start('a');
    const directory = folder();
    await live(directory, servers);
    await tell(servers[0] as Server, { kind: 'clear' });
    await expect(live(directory, servers)).rejects.toThrow('SESSION_LOST');
    expect(await live(directory, servers)).toMatchObject({ answer: { server: 'a' }, events: ['opened'] });
  });
});
