import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { guard } from '../../rig/guard.ts';
import { until, within } from '../../rig/wait.ts';

const EXIT_LIMIT_MS = 10_000;
const KEPT_CHARS = 8_192;

/** A program of the system that runs, with all that it starts. It does not outlive this process. */
export interface SystemProcess {
  readonly pid: number;
  /** Resolves with the first group of `pattern` once standard output or standard error has it. */
  says(pattern: RegExp, limitMs: number): Promise<string>;
  /** Resolves when the program has ended. Rejects after `limitMs`. */
  ended(limitMs?: number): Promise<void>;
  /** Resolves when all that it has started has ended. Rejects after a while. */
  alone(): Promise<void>;
  /** SIGKILL to it and all that it has started. Resolves when it is gone. */
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a program lies, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** Starts a program as the leader of a process group. Its third output is read like the other two. */
export function startProcess(program: string, args: readonly string[], options: StartOptions = {}): SystemProcess {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    detached: true,
  });
  const pid = child.pid ?? 0;
  const release = child.pid === undefined ? () => {} : guard({ kind: 'group', pid });
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const output = readOutput(child);
  const ended = (limitMs = EXIT_LIMIT_MS): Promise<void> => within(exited, limitMs, () => `${program} does not end`);
  return {
    pid,
    says: (pattern, limitMs) => within(output.says(pattern), limitMs, () => `${program} only said: ${output.tail()}`),
    ended,
    alone: () =>
      until(
        () => groupOf(pid).length <= 1,
        EXIT_LIMIT_MS,
        () => `${program} is not alone`,
      ),
    async kill() {
      killGroup(pid);
      await ended();
      release();
    },
  };
}

/** The processes of a group. */
function groupOf(leader: number): readonly number[] {
  const groups = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return groups.map(Number).filter((pid) => readGroup(pid) === leader);
}

function readGroup(pid: number): number | undefined {
  try {
    // Behind the program's name in brackets: state, parent, group.
    const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? undefined : Number(group);
  } catch {
    // It has just ended.
    return undefined;
  }
}

function killGroup(pid: number): void {
  try {
    if (pid > 0) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

interface Output {
  says(pattern: RegExp): Promise<string>;
  tail(): string;
}

function readOutput(child: ChildProcess): Output {
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of child.stdio.slice(1)) {
    (stream as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARS);
      for (const listener of listeners) listener();
    });
  }
  const says = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(said)?.[1];
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`It ended at once (${code}): ${said}`)));
      look();
    });
  return { says, tail: () => said };
}
