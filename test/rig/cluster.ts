import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, type Exit, startChild } from './child.ts';
import { guard } from './guard.ts';
import { type JournalEntry, readJournal } from './journal.ts';
import { freePort } from './ports.ts';
import { isStopped } from './processState.ts';
import type { Command, Launch, Mode, Settings } from './protocol.ts';
import { until, within } from './wait.ts';

const FAULTY_SERVER = fileURLToPath(new URL('./faultyServer.ts', import.meta.url));
const SIGNAL_LIMIT_MS = 5_000;
const END_LIMIT_MS = 15_000;

/** How a server is started. Everything may be left out. */
export interface ServerOptions {
  /** Its name in its answers (`server`, `Switchover-Instance`). Default `server`. */
  readonly name?: string;
  /** The address it listens on. Default `127.0.0.1`, or the namespace's. */
  readonly host?: string;
  /** Default: a free one. It stays the same over restarts. */
  readonly port?: number;
  /** With it the server speaks HTTPS. One of certificates.ts. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The hostname in `url`. Default: the address. With `tls` say `localhost` if the name matters. */
  readonly hostname?: string;
  readonly mode?: Mode;
  readonly settings?: Settings;
  /** Where the process runs; see namespace.ts. Default: here. */
  readonly namespace?: { readonly address: string; readonly prefix: readonly string[] };
  /** Path of another server program that speaks protocol.ts. Default: faultyServer.ts. */
  readonly program?: string;
  /** For that program: reaches it as `launch.extra`. JSON. */
  readonly extra?: unknown;
}

/** What a server received, as it wrote it down before it answered. */
export interface Counts {
  /** TCP connections accepted. */
  readonly connections: number;
  /** Requests received, probes and preflights among them. */
  readonly requests: number;
  /** Requests received whose path does not begin with `/healthz/`. */
  readonly work: number;
  /** Requests received under `/healthz/`. */
  readonly probes: number;
  /** Every request received, oldest first. */
  readonly received: readonly Extract<JournalEntry, { kind: 'received' }>[];
}

/** A server process that a test has in its hand. */
export interface Server extends AsyncDisposable {
  readonly name: string;
  /** Origin, without a slash at its end. The same over restarts. */
  readonly url: string;
  readonly port: number;
  /** Of the present process, or of the last one. */
  readonly pid: number;
  /** How the present process ended, or the last one did. */
  readonly exited: Promise<Exit>;
  /** Puts the server into a mode; resolves when it is in effect for every later request. */
  mode(mode: Mode): Promise<void>;
  /** Changes what the server says of itself; fields left out stay as they are. */
  configure(settings: Settings): Promise<void>;
  /** A command for a server program of another kind. */
  ask(value: unknown): Promise<unknown>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP; resolves when the process stands still. Its kernel still accepts connections. */
  freeze(): Promise<void>;
  /** SIGCONT; resolves when the server answers again. */
  thaw(): Promise<void>;
  /** A planned end: no more connections, requests under way are answered, exit. Resolves when the process is gone. */
  end(): Promise<void>;
  /** A new process on the same port with the first mode and settings, after a kill if the old one still lives. */
  restart(changes?: Pick<ServerOptions, 'mode' | 'settings'>): Promise<void>;
  /** What was received, by all its processes. Also after death and while frozen. */
  counts(): Counts;
  /** How often each id was worked on, by all its processes. Also after death and while frozen. */
  processed(): Map<string, number>;
  /** Kills the process and removes its files. `counts()` and `processed()` stay. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a server process and waits until it listens. Stop it, or let a {@link Rig} (rig.ts) do that. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'switchover-rig-'));
  const release = guard({ kind: 'directory', path: directory });
  const removeFiles = (): void => {
    rmSync(directory, { recursive: true, force: true });
    release();
  };
  try {
    const launch = await launchFor(options, join(directory, 'journal'));
    // A program that keeps no journal has an empty one.
    writeFileSync(launch.journal, '');
    const start = (changes: Pick<ServerOptions, 'mode' | 'settings'> = {}): Promise<Child> =>
      startChild(options.program ?? FAULTY_SERVER, { ...launch, ...changes }, options.namespace?.prefix);
    return serverOver(await start(), start, launch, urlOf(options, launch), removeFiles);
  } catch (error) {
    removeFiles();
    throw error;
  }
}

async function launchFor(options: ServerOptions, journal: string): Promise<Launch> {
  const { name = 'server', namespace, tls, mode, settings, extra } = options;
  const host = options.host ?? namespace?.address ?? '127.0.0.1';
  // A namespace has all its ports to itself, and its address cannot be tried from here.
  const port = options.port ?? (namespace === undefined ? await freePort(host) : 8_080);
  return {
    name,
    host,
    port,
    journal,
    ...(tls === undefined ? {} : { tls: { key: tls.key, cert: tls.cert } }),
    ...(mode === undefined ? {} : { mode }),
    ...(settings === undefined ? {} : { settings }),
    ...(extra === undefined ? {} : { extra }),
  };
}

function urlOf(options: ServerOptions, { host, port }: Launch): string {
  const hostname = options.hostname ?? (host.includes(':') ? `[${host}]` : host);
  return `${options.tls === undefined ? 'http' : 'https'}://${hostname}:${port}`;
}

function serverOver(
  first: Child,
  start: (changes?: Pick<ServerOptions, 'mode' | 'settings'>) => Promise<Child>,
  launch: Launch,
  url: string,
  removeFiles: () => void,
): Server {
  let child = first;
  let finalJournal: JournalEntry[] | undefined;
  const tell = async (command: Command): Promise<void> => void (await child.ask(command));
  const journal = (): JournalEntry[] => finalJournal ?? readJournal(launch.journal);
  const stop = async (): Promise<void> => {
    await child.kill();
    finalJournal ??= readJournal(launch.journal);
    removeFiles();
  };
  return {
    name: launch.name,
    url,
    port: launch.port,
    get pid() {
      return child.pid;
    },
    get exited() {
      return child.exited;
    },
    mode: (mode) => tell({ kind: 'mode', mode }),
    configure: (settings) => tell({ kind: 'configure', settings }),
    ask: (value) => child.ask({ kind: 'custom', value }),
    kill: () => child.kill(),
    freeze: () => freeze(child),
    thaw: () => thaw(child),
    async end() {
      await tell({ kind: 'end' });
      await within(child.exited, END_LIMIT_MS, () => `${launch.name} does not end`);
    },
    async restart(changes) {
      if (finalJournal !== undefined) throw new Error(`${launch.name} was stopped for good`);
      await child.kill();
      child = await start(changes);
    },
    counts: () => countsOf(journal()),
    processed: () => processedOf(journal()),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function freeze(child: Child): Promise<void> {
  child.signal('SIGSTOP');
  await until(
    () => isStopped(child.pid),
    SIGNAL_LIMIT_MS,
    () => `process ${child.pid} does not stand still`,
  );
}

async function thaw(child: Child): Promise<void> {
  child.signal('SIGCONT');
  await child.ask({ kind: 'ping' });
}

function countsOf(journal: readonly JournalEntry[]): Counts {
  const received = journal.filter((entry) => entry.kind === 'received');
  const probes = received.filter((entry) => entry.path.startsWith('/healthz/')).length;
  return {
    connections: journal.filter((entry) => entry.kind === 'connection').length,
    requests: received.length,
    work: received.length - probes,
    probes,
    received,
  };
}

function processedOf(journal: readonly JournalEntry[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const entry of journal) {
    if (entry.kind === 'processed') times.set(entry.id, (times.get(entry.id) ?? 0) + 1);
  }
  return times;
}
