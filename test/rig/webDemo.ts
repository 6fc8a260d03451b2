import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Act, Condition } from '../../src/cli/demo/web/stagedServer.ts';
import { guard } from './guard.ts';
import { until } from './wait.ts';

const PROGRAM = join(import.meta.dirname, '../../src/cli/demo.ts');
const START_LIMIT_MS = 90_000;
const ACT_LIMIT_MS = 20_000;

/** How one server stands, as the control page is told. */
interface StagedRow {
  readonly name: string;
  readonly origin: string;
  readonly condition: Condition;
  readonly pid: number | null;
}

/** The web app, served from two hostnames, and the hand that hurts its servers: `npm run demo -- --web`. */
export interface WebDemo extends AsyncDisposable {
  readonly control: string;
  readonly a: string;
  readonly b: string;
  readonly pid: number;
  /** Resolves when the server stands as the act leaves it. */
  act(server: 'a' | 'b', act: Act): Promise<void>;
  servers(): Promise<readonly StagedRow[]>;
  /** Ends it as Ctrl-C does; gives its exit code. */
  interrupt(): Promise<number | null>;
}

const LEAVES: Readonly<Record<Act, Condition>> = {
  kill: 'gone',
  freeze: 'frozen',
  thaw: 'running',
  drain: 'gone',
  start: 'running',
};

/** @param env More of the environment, such as `TMPDIR`. */
export async function startWebDemo(words: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<WebDemo> {
  const child = spawn(process.execPath, [PROGRAM, '--web', '--port', '0', ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const release = guard({ kind: 'process', pid: child.pid ?? 0 });
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  void ended.then(release);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  await until(
    () => said.includes('Ctrl-C') || child.exitCode !== null,
    START_LIMIT_MS,
    () => `The web demo does not begin: ${said}`,
  );
  const [control, a, b] = [...said.matchAll(/http:\/\/\S+/g)].map(([url]) => url);
  if (control === undefined || a === undefined || b === undefined) throw new Error(`The web demo has ended: ${said}`);
  const servers = () => state(control);
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    const [code] = await ended;
    return code;
  };
  return {
    control,
    a,
    b,
    pid: child.pid ?? 0,
    servers,
    async act(server, act) {
      const { status } = await fetch(`${control}/act/${server}/${act}`, { method: 'POST' });
      if (status !== 204) throw new Error(`${act} ${server} was answered with ${status}`);
      const stands = async () =>
        (await servers()).some(({ name, condition }) => name === server && condition === LEAVES[act]);
      await until(stands, ACT_LIMIT_MS, () => `Server ${server} does not stand as ${act} leaves it`);
    },
    interrupt: () => stop('SIGINT'),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await stop('SIGINT');
    },
  };
}

/** The first that the control page is told. */
async function state(control: string): Promise<readonly StagedRow[]> {
  const abort = new AbortController();
  const { body } = await fetch(`${control}/state`, { signal: abort.signal });
  if (body === null) throw new Error('The control page is told nothing.');
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('\n\n')) break;
  }
  abort.abort();
  const [first = ''] = text.split('\n\n');
  return JSON.parse(first.slice('data: '.length)).servers;
}
