import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guard } from '../../rig/guard.ts';
import { within } from '../../rig/wait.ts';

const LIMIT_MS = 60_000;

/** A runtime, and how a program is started in it. */
export interface Runtime {
  readonly name: string;
  readonly command: (folder: string) => readonly string[];
}

const PLATFORM = `${process.platform}-${process.arch}`;
const node = (major: number) => (folder: string) => [join(folder, `node_modules/node${major}-${PLATFORM}/bin/node`)];

/** Each as its platform's own package: `npm ci` alone brings the program. */
export const RUNTIMES: readonly Runtime[] = [
  { name: 'Node 22', command: node(22) },
  { name: 'Node 24', command: () => [process.execPath] },
  { name: 'Node 26', command: node(26) },
  {
    name: 'Deno',
    command: (folder) => [
      join(folder, `node_modules/@deno/${PLATFORM}${process.platform === 'linux' ? '-glibc' : ''}/deno`),
      'run',
      '--allow-all',
      '--no-remote',
    ],
  },
  {
    name: 'Bun',
    command: (folder) => [join(folder, `node_modules/@oven/bun-${PLATFORM.replace('arm64', 'aarch64')}/bin/bun`)],
  },
];

export interface Program extends AsyncDisposable {
  /** The first line that it prints. Rejects with what it said where it ends before. */
  readonly line: Promise<string>;
  /** Its exit code, once it has ended by itself: a handle that is left open is a hang. */
  readonly ended: Promise<number | null>;
}

export function start(command: readonly string[], ...words: string[]): Program {
  const [file = '', ...flags] = command;
  if (!existsSync(file)) throw new Error(`${file} is not there: its package knows no ${PLATFORM}`);
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  const child = spawn(file, [...flags, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = guard({ kind: 'process', pid: child.pid ?? 0 });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  void closed.then(release);
  const line = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    void closed.then((code) => reject(new Error(`${words[0]} ended with ${code}: ${said}`)));
  });
  line.catch(() => {});
  return {
    line: within(line, LIMIT_MS, () => `${words[0]} prints nothing: ${said}`),
    ended: within(closed, LIMIT_MS, () => `${words[0]} does not end: ${said}`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
