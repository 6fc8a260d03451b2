import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../rig/ports.ts';
import { useFolder } from './servers.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/sessions.md'), 'utf8');
const folder = useFolder();
const servers: ChildProcess[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
});

/** The blocks of one program, put together in their order. */
function program(kind: 'client' | 'server'): string {
  const blocks = [...guide.matchAll(/^```js (\w+)\n(.*?)^```$/gms)].filter(([, of]) => of === kind);
  return blocks.map(([, , code]) => code).join('\n');
}

/** The package's own names lead to the sources, and the example's hosts to servers that run. */
function forHere(code: string, hosts: readonly string[]): string {
  const source = (path: string) => pathToFileURL(join(root, path)).href;
  return code
    .replaceAll("'switchover'", `'${source('src/index.node.ts')}'`)
    .replaceAll("'switchover/node'", `'${source('src/node/index.ts')}'`)
    .replace("'https://a.example.com', 'https://b.example.com'", hosts.map((host) => `'${host}'`).join());
}

async function startServer(
  directory: string,
  name: string,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const file = join(directory, 'server.mjs');
  writeFileSync(file, program('server'));
  const port = await freePort('127.0.0.1');
  const child = fork(file, [name, String(port), join(directory, 'sessions.db')], { execPath: process.execPath });
  servers.push(child);
  await once(child, 'message');
  return { url: `http://127.0.0.1:${port}`, child };
}

describe('docs/sessions.md', () => {
  test('has nothing but blocks that run', () => {
    expect([...guide.matchAll(/^```(.+)$/gm)].map(([, words]) => words?.split(' ')[1])).toEqual([
      'client',
      'client',
      'server',
      'client',
      'client',
      'client',
    ]);
  });

  test('does what it says', async () => {
    const directory = folder();
    const a = await startServer(directory, 'a');
    const b = await startServer(directory, 'b');
    const life = async (): Promise<string[]> => {
      const file = join(directory, 'client.mjs');
      mkdirSync(join(directory, 'state'), { recursive: true });
      const closing =
        '\nawait lasting.http.get("me");\nfor (const made of [failover, lasting, registering]) made.close();\n';
      writeFileSync(file, forHere(program('client'), [a.url, b.url]) + closing);
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: directory });
      return stdout.trim().split('\n');
    };
    expect(await life()).toEqual(['ada at a', `registered at a-${a.child.pid}`, 'open', 'none']);
    a.child.kill('SIGKILL');
    await once(a.child, 'exit');
    expect(await life()).toEqual(['ada at b', `registered at b-${b.child.pid}`, 'open', 'none']);
  });

  test('gives the times that the code has', async () => {
    const { DEFAULTS } = await import('../../../src/policy/defaults.ts');
    expect(guide).toContain(`within ${DEFAULTS.session.renewGapMs / 1000} s of a renewal`);
    expect(guide).toContain(`the time of one attempt (${DEFAULTS.timeout.attemptMs / 1000} s)`);
  });
});
