import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostSpec } from '../../../../src/policy/hostList.ts';
import { guard } from '../../../rig/guard.ts';
import { freePort } from '../../../rig/ports.ts';
import { until, within } from '../../../rig/wait.ts';

const HOST = '127.0.0.1';
const LIMIT_MS = 10_000;

/** A message broker that somebody else wrote, as a process of its own with a WebSocket listener. */
export interface Broker extends AsyncDisposable {
  readonly name: string;
  /** As the pool lists it: brokers say elsewhere than at their listener's path whether they are well. */
  readonly spec: HostSpec;
  /** `ws://…` */
  readonly url: string;
  /** How many clients have ever connected, by its own account, over all its processes. */
  connections(): number;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM: an end that was planned. */
  end(): Promise<void>;
  /** A new process on the same port. */
  start(): Promise<void>;
}

/** How a kind of broker is set up. */
interface Kind {
  readonly file: string;
  readonly args: readonly string[];
  /** The text of its configuration, in a directory of its own. */
  configure(directory: string, ports: { readonly socket: number; readonly other: number }): string;
  healthUrl(ports: { readonly socket: number; readonly other: number }): string;
  /** What it writes to its log for each client that connects. */
  readonly connected: RegExp;
}

/** nats-server says at its monitoring port how it is. */
const NATS: Kind = {
  file: 'nats-server',
  args: ['--config'],
  configure: (directory, { socket, other }) => `
    listen: "${HOST}:-1"
    http: "${HOST}:${other}"
    log_file: "${join(directory, 'log')}"
    debug: true
    websocket { listen: "${HOST}:${socket}", no_tls: true }
  `,
  healthUrl: ({ other }) => `http://${HOST}:${other}/healthz`,
  connected: /Client connection created/g,
};

/** mosquitto has no word for its health; its WebSocket listener serves files, and that will do. */
const MOSQUITTO: Kind = {
  file: 'mosquitto',
  args: ['-c'],
  configure(directory, { socket, other }) {
    mkdirSync(join(directory, 'files'));
    writeFileSync(join(directory, 'files/ready'), 'ok\n');
    return [
      `log_dest file ${join(directory, 'log')}`,
      'log_type all',
      'user root',
      // Without one such listener, version 2.0.11 takes it that none could be started.
      `listener ${other} ${HOST}`,
      `listener ${socket} ${HOST}`,
      'protocol websockets',
      `http_dir ${join(directory, 'files')}`,
      'allow_anonymous true',
      '',
    ].join('\n');
  },
  healthUrl: ({ socket }) => `http://${HOST}:${socket}/ready`,
  connected: /New client connected/g,
};

/** False where a broker is not installed: then its tests do not run, which CI counts as a failure. */
export const isInstalled = (file: string): boolean => spawnSync('which', [file]).status === 0;

export const startNats = (name: string): Promise<Broker> => startBroker(name, NATS);
export const startMosquitto = (name: string): Promise<Broker> => startBroker(name, MOSQUITTO);

async function startBroker(name: string, kind: Kind): Promise<Broker> {
  const directory = mkdtempSync(join(tmpdir(), `switchover-${kind.file}-`));
  const release = guard({ kind: 'directory', path: directory });
  const ports = { socket: await freePort(HOST), other: await freePort(HOST) };
  const configuration = join(directory, 'configuration');
  writeFileSync(configuration, kind.configure(directory, ports));
  const log = join(directory, 'log');
  writeFileSync(log, '');
  const start = () => launch(kind, configuration, kind.healthUrl(ports));
  let child = await start();
  const stop = async (signal: NodeJS.Signals) => {
    const gone = exitOf(child);
    child.kill(signal);
    await within(gone, LIMIT_MS, () => `${kind.file} does not end`);
  };
  return {
    name,
    spec: { url: `http://${HOST}:${ports.socket}`, health: kind.healthUrl(ports) },
    url: `ws://${HOST}:${ports.socket}`,
    connections: () => readFileSync(log, 'utf8').match(kind.connected)?.length ?? 0,
    kill: () => stop('SIGKILL'),
    end: () => stop('SIGTERM'),
    async start() {
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
      release();
    },
  };
}

function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve));
}

async function launch(kind: Kind, configuration: string, healthUrl: string): Promise<ChildProcess> {
  const child = spawn(kind.file, [...kind.args, configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  const release = child.pid === undefined ? () => {} : guard({ kind: 'process', pid: child.pid });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.once('exit', release);
  child.once('error', (error) => {
    complaint += error.message;
    release();
  });
  await until(
    () => isWell(healthUrl),
    LIMIT_MS,
    () => `${kind.file} does not answer: ${complaint}`,
  );
  return child;
}

async function isWell(healthUrl: string): Promise<boolean> {
  try {
    return (await fetch(healthUrl)).ok;
  } catch {
    return false;
  }
}
