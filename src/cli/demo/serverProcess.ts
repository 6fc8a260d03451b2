import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Guard } from './guard.ts';
import type { Command, Launch, Report } from './protocol.ts';

/** The two servers: the one that is preferred, and will suffer, and the one that stands by. */
export type Servers = readonly [active: ServerProcess, standby: ServerProcess];

/** A server process, and the hand that can hurt it. It keeps its address over all its lives. */
export interface ServerProcess {
  readonly name: string;
  readonly origin: string;
  readonly pid: number;
  /** Resolves when the command is in effect. */
  tell(command: Command): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGCONT. */
  thaw(): void;
  /** Resolves when the process has ended by itself. */
  ended(): Promise<void>;
  /** Starts it anew at the same address. Only after it has ended. */
  restart(): Promise<void>;
}

/** Starts a server program: a file that takes a {@link Launch} and obeys each {@link Command}. */
export async function startServer(program: string, launch: Launch, guard: Guard): Promise<ServerProcess> {
  let life = await beginLife(program, launch, guard);
  const { port } = life;
  return {
    name: launch.name,
    origin: `http://127.0.0.1:${port}`,
    get pid() {
      return life.child.pid ?? 0;
    },
    async tell(command) {
      const done = reported(life.child, 'done');
      life.child.send(command);
      await Promise.race([done, life.ended.then(() => failEarly(launch.name))]);
    },
    kill() {
      life.child.kill('SIGKILL');
      return life.ended;
    },
    thaw: () => void life.child.kill('SIGCONT'),
    ended: () => life.ended,
    async restart() {
      life = await beginLife(program, { ...launch, port }, guard);
    },
  };
}

interface Life {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<void>;
}

async function beginLife(program: string, launch: Launch, guard: Guard): Promise<Life> {
  const child = fork(program, [JSON.stringify(launch)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const pid = child.pid ?? 0;
  guard.tell({ kind: 'started', pid });
  const ended = once(child, 'exit').then(() => guard.tell({ kind: 'ended', pid }));
  const { port } = await Promise.race([reported(child, 'listening'), ended.then(() => failEarly(launch.name))]);
  return { child, port, ended };
}

type ReportOf<Kind extends Report['kind']> = Extract<Report, { kind: Kind }>;

function reported<Kind extends Report['kind']>(child: ChildProcess, kind: Kind): Promise<ReportOf<Kind>> {
  return new Promise((resolve) => {
    const listen = (report: Report) => {
      if (!isOf(report, kind)) return;
      child.off('message', listen);
      resolve(report);
    };
    child.on('message', listen);
  });
}

function isOf<Kind extends Report['kind']>(report: Report, kind: Kind): report is ReportOf<Kind> {
  return report.kind === kind;
}

function failEarly(name: string): never {
  throw new Error(`The server ${name} ended before it had said that it was ready.`);
}
