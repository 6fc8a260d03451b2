import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Guard } from '../guard.ts';

/** What can be done to a server. */
export const ACTS = ['kill', 'freeze', 'thaw', 'drain', 'start'] as const;

export type Act = (typeof ACTS)[number];

/** How its process stands. */
export type Condition = 'starting' | 'running' | 'frozen' | 'draining' | 'gone';

/** One server of the web app, and the hand that can hurt it. It keeps its address over all its lives. */
export interface StagedServer {
  readonly name: string;
  readonly origin: string;
  readonly condition: Condition;
  /** Null while it is gone. */
  readonly pid: number | null;
  /** Resolves when it is done; false where it can't be done to a server in this condition. */
  act(act: Act): Promise<boolean>;
}

/** Which acts a condition allows. */
const ALLOWED: Readonly<Record<Condition, readonly Act[]>> = {
  starting: [],
  running: ['kill', 'freeze', 'drain'],
  frozen: ['kill', 'thaw'],
  draining: ['kill'],
  gone: ['start'],
};

export const allowed = (condition: Condition): readonly Act[] => ALLOWED[condition];

/** What a server is started with. */
export interface ServerPlan {
  readonly name: string;
  readonly origin: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly guard: Guard;
  /** Called after each change of condition. */
  readonly onChange: () => void;
}

/** Starts a server that says `listening` to its parent once it does. */
export async function stageServer(plan: ServerPlan): Promise<StagedServer> {
  let child: ChildProcess | null = null;
  let condition: Condition = 'gone';
  const become = (next: Condition) => {
    condition = next;
    plan.onChange();
  };
  const start = async () => {
    const { started, listening } = launch(plan, () => {
      child = null;
      become('gone');
    });
    child = started;
    become('starting');
    await listening;
    become('running');
  };
  const act = async (what: Act): Promise<boolean> => {
    if (!ALLOWED[condition].includes(what)) return false;
    if (what === 'start') await start();
    else {
      const { signal, next } = SIGNALS[what];
      child?.kill(signal);
      if (next !== null) become(next);
    }
    return true;
  };
  await start();
  return {
    name: plan.name,
    origin: plan.origin,
    get condition() {
      return condition;
    },
    get pid() {
      return child?.pid ?? null;
    },
    act,
  };
}

/** How it is done to a process; where that only begins it, what is so at once. */
const SIGNALS: Readonly<Record<Exclude<Act, 'start'>, { signal: NodeJS.Signals; next: Condition | null }>> = {
  kill: { signal: 'SIGKILL', next: null },
  freeze: { signal: 'SIGSTOP', next: 'frozen' },
  thaw: { signal: 'SIGCONT', next: 'running' },
  drain: { signal: 'SIGTERM', next: 'draining' },
};

function launch({ name, program, args, guard }: ServerPlan, onEnd: () => void) {
  const started = fork(program, [...args], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const pid = started.pid ?? 0;
  guard.tell({ kind: 'started', pid });
  const ended = once(started, 'exit').then(() => {
    guard.tell({ kind: 'ended', pid });
    onEnd();
  });
  const failed = ended.then(() => {
    throw new Error(`Server ${name} ended before it had said that it listens.`);
  });
  const listening = Promise.race([once(started, 'message'), failed]);
  failed.catch(() => {});
  return { started, listening };
}
