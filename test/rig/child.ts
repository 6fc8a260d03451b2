import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { guard } from './guard.ts';
import type { Command, Envelope, Launch, Report } from './protocol.ts';
import { within } from './wait.ts';

/** Beside the checkout's other leavings: a test may look into the directory for temporary files. */
const COMPILED = join(import.meta.dirname, '../../.tmp/compiled');

const START_LIMIT_MS = 20_000;
const COMMAND_LIMIT_MS = 10_000;
const EXIT_LIMIT_MS = 10_000;
const KEPT_STDERR_CHARS = 8_192;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One life of a server process, seen from the test. */
export interface Child {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<Exit>;
  /** Resolves when the command has taken effect. */
  ask(command: Command): Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, also to a stopped process; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts `program`, in front of it `prefix` (such as `ip netns exec …`), and waits until it listens. */
export async function startChild(program: string, launch: Launch, prefix: readonly string[] = []): Promise<Child> {
  const [file = '', ...args] = [...prefix, process.execPath, program, JSON.stringify(launch)];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: plainEnvironment() });
  const release = child.pid === undefined ? () => {} : guard({ kind: 'process', pid: child.pid });
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  void exited.then(release);
  const stderr = keepStderr(child);
  const ask = createAsker(child);
  const port = await listening(child, exited, () => `${launch.name} (${program}) ${stderr()}`);
  return {
    pid: child.pid ?? 0,
    port,
    exited,
    ask,
    signal: (signal) => void child.kill(signal),
    kill: () => killAndWait(child, exited),
  };
}

/**
 * The test runner's own flags are no business of a server. Programs are compiled once for all of their lives, as half of what a start takes
 * is to read their TypeScript.
 */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...environment } = process.env;
  return { NODE_COMPILE_CACHE: COMPILED, ...environment };
}

function hasExited(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function killAndWait(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (!hasExited(child)) child.kill('SIGKILL');
  await within(exited, EXIT_LIMIT_MS, () => `process ${child.pid} did not die`);
}

function keepStderr(child: ChildProcess): () => string {
  let kept = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT_STDERR_CHARS);
  });
  return () => kept;
}

/** The port, once the process listens. A process that fails to is killed, and its last words are the error. */
async function listening(child: ChildProcess, exited: Promise<Exit>, describe: () => string): Promise<number> {
  const port = new Promise<number>((resolve) => {
    child.on('message', (report: Report) => {
      if (report.kind === 'listening') resolve(report.port);
    });
  });
  const early = exited.then(({ code, signal }) => {
    throw new Error(`The server ended before it listened (${code ?? signal}): ${describe()}`);
  });
  // Nobody waits for this one any more once the port is there.
  early.catch(() => {});
  try {
    return await within(Promise.race([port, early]), START_LIMIT_MS, () => `The server does not listen: ${describe()}`);
  } catch (error) {
    await killAndWait(child, exited);
    throw error;
  }
}

/** Numbers the commands and matches the answers. */
function createAsker(child: ChildProcess): Child['ask'] {
  const waiting = new Map<number, (report: Report) => void>();
  let lastId = 0;
  child.on('message', (report: Report) => {
    if (report.kind === 'listening') return;
    waiting.get(report.id)?.(report);
    waiting.delete(report.id);
  });
  return async (command) => {
    lastId += 1;
    const envelope: Envelope = { id: lastId, command };
    const answer = new Promise<unknown>((resolve, reject) => {
      waiting.set(envelope.id, (report) => {
        if (report.kind === 'failed') reject(new Error(report.message));
        else resolve(report.kind === 'done' ? report.value : undefined);
      });
      child.send(envelope, (error) => {
        if (error !== null) reject(new Error(`The server cannot be told '${command.kind}': ${error.message}`));
      });
    });
    return within(answer, COMMAND_LIMIT_MS, () => `The server does not answer '${command.kind}'`);
  };
}
