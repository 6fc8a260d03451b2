import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGuard } from '../guard.ts';
import { type Control, createControl } from './control.ts';
import { type StagedServer, stageServer } from './stagedServer.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const EXAMPLE = join(ROOT, 'examples/web-app');
const NAMES = ['a', 'b'] as const;

/** How the web app is shown. */
export interface WebPlay {
  /** What its worker does when a server fails. */
  readonly mode: string;
  /** The control page's port; the servers take the next two. 0: any that are free. */
  readonly port: number;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Serves the web app from two hostnames, with a page that hurts its servers, until it is interrupted. Leaves nothing behind. */
export async function playWeb({ mode, port, write, signal }: WebPlay): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'switchover-web-'));
  const guard = startGuard();
  guard.tell({ kind: 'directory', path: directory });
  const ports = await freePorts(port);
  const origins = NAMES.map((name, at) => `http://${name}.localhost:${ports[at + 1]}`);
  try {
    write('Building the app …\n');
    if (!existsSync(join(ROOT, 'dist/sw.js'))) await run('npm', ['run', '--silent', 'build'], {}, signal);
    const built = join(directory, 'site');
    await run(
      'npx',
      ['vite', 'build', '--logLevel', 'warn', EXAMPLE],
      { HOSTS: origins.join(' '), MODE: mode, OUT: built },
      signal,
    );
    const servers = new Map<string, StagedServer>();
    let control: Control | null = null;
    for (const [at, name] of NAMES.entries()) {
      const args = [name, String(ports[at + 1]), join(directory, 'room.db'), built, ...origins];
      const plan = { name, origin: origins[at] ?? '', program: join(EXAMPLE, 'server.mjs'), args, guard };
      servers.set(name, await stageServer({ ...plan, onChange: () => control?.refresh() }));
    }
    control = createControl(servers);
    control.server.listen(ports[0], '127.0.0.1');
    await once(control.server, 'listening');
    write(introduction(`http://localhost:${ports[0]}`, origins));
    await once(signal, 'abort');
    control.server.closeAllConnections();
    control.server.close();
  } finally {
    await guard.close();
  }
}

const introduction = (control: string, origins: readonly string[]): string => `
  ${control}    hurts the servers: open it first
${origins.map((origin, at) => `  ${origin}    the app, as server ${NAMES[at]} serves it`).join('\n')}

Ctrl-C ends all of it.
`;

/** Free ports, by asking for them. Where the wanted ones are taken, any others. */
async function freePorts(wanted: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let at = 0; at <= NAMES.length; at += 1) ports.push(await freePort(wanted === 0 ? 0 : wanted + at));
  return ports;
}

async function freePort(wanted: number): Promise<number> {
  const probe = createServer().listen(wanted, '127.0.0.1');
  const failed = once(probe, 'error').then(() => null);
  if ((await Promise.race([once(probe, 'listening'), failed])) === null) return freePort(0);
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(command, args, {
    cwd: ROOT,
    // Tools would leave their compiled code beside the demo's files.
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    signal,
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}.`);
}
