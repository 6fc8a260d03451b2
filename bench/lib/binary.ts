import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { guard } from '../../test/rig/guard.ts';
import { isStopped } from '../../test/rig/processState.ts';
import { until } from '../../test/rig/wait.ts';

const START_LIMIT_MS = 10_000;
const SIGNAL_LIMIT_MS = 5_000;

/** A program of somebody else's that listens on a port. It can be ended and started again. */
export interface Binary extends AsyncDisposable {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP; resolves when the process stands still. */
  freeze(): Promise<void>;
  thaw(): void;
  /** A new process, after a kill if the old one still lives. */
  restart(): Promise<void>;
}

export interface BinaryOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Put before the command, such as a namespace's. */
  readonly prefix?: readonly string[];
}

/** True where `file` is a program that can be run. */
export function isInstalled(file: string): boolean {
  try {
    execFileSync('which', [file], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts it and waits until it listens. It ends with this process, however that comes. */
export async function startBinary(options: BinaryOptions): Promise<Binary> {
  let child = await launch(options);
  const kill = async (): Promise<void> => {
    if (isAlive(child)) child.kill('SIGKILL');
    await until(
      () => !isAlive(child),
      SIGNAL_LIMIT_MS,
      () => `${options.file} did not die`,
    );
  };
  return {
    kill,
    async freeze() {
      child.kill('SIGSTOP');
      await until(
        () => isStopped(child.pid ?? 0),
        SIGNAL_LIMIT_MS,
        () => `${options.file} does not stand still`,
      );
    },
    thaw: () => void child.kill('SIGCONT'),
    async restart() {
      await kill();
      child = await launch(options);
    },
    [Symbol.asyncDispose]: kill,
  };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function launch({ file, args, host, port, prefix = [] }: BinaryOptions): Promise<ChildProcess> {
  const [program = file, ...words] = [...prefix, file, ...args];
  const child = spawn(program, words, { stdio: 'ignore' });
  const release = child.pid === undefined ? () => {} : guard({ kind: 'process', pid: child.pid });
  child.once('exit', release);
  child.once('error', release);
  await until(
    () => answers(host, port),
    START_LIMIT_MS,
    () => `${file} does not listen on ${host}:${port}`,
  );
  return child;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const tell = (value: boolean) => () => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}
