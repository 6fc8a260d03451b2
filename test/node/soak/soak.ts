import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from '../../rig/cluster.ts';
import { namespaceUnavailable } from '../../rig/namespace.ts';
import type { Rig } from '../../rig/rig.ts';
import { sleep } from '../../rig/wait.ts';
import { check } from './checker/index.ts';
import type { Violation } from './checker/violation.ts';
import { databaseOf, type Files, logOf, readEvidence } from './evidence.ts';
import { doFaults, type Fleet, type Machine } from './faults.ts';
import { type Figures, figuresOf } from './figures.ts';
import { openLog } from './logFile.ts';
import type { Break, ClientsExtra, ClientsOrder, ServerExtra, ServerOrder } from './orders.ts';
import { buildPrograms, type Programs } from './programs.ts';
import type { Evidence } from './records.ts';
import { type Fault, type FaultKind, MIX, scheduleOf } from './schedule.ts';

/** How a soak is run. */
export interface SoakOptions {
  /** Draws the faults: the same for the same seed. */
  readonly seed: number;
  readonly faults: number;
  /** Mean time from fault to fault, in milliseconds. Default 400. */
  readonly everyMs?: number;
  /** How often each kind of fault is drawn, relative to the others. What is left out is as in {@link MIX}. */
  readonly mix?: Partial<Readonly<Record<FaultKind, number>>>;
  /** Default 20. */
  readonly clients?: number;
  /** How many processes the clients are in. Default 5. */
  readonly clientProcesses?: number;
  /** Messages a second, by each client. Default 4. */
  readonly sendRate?: number;
  /** A part of the product that is left out. */
  readonly broken?: Break;
  /** How long, in milliseconds, everything that can still arrive may take when the faults are over. Default 30,000. */
  readonly settleMs?: number;
  /** Hears of each fault that is over. */
  readonly onFault?: (fault: Fault, done: number) => void;
}

export interface SoakResult {
  readonly violations: readonly Violation[];
  readonly figures: Figures;
  /** Where the logs, the stores and the database are. */
  readonly directory: string;
  readonly tookMs: number;
}

/** Sessions and logs are short-lived and small, so that some do expire and overflow. */
const LIMITS = { ttlMs: 8_000, replayCount: 40 };
const PUSH_RATE = 20;
const SETTLED_EVERY_MS = 500;

/** Two servers over one store, clients that talk with them both ways, and faults; then what the logs say of it. */
export async function soak(rig: Rig, options: SoakOptions): Promise<SoakResult> {
  const { seed, faults: wanted, everyMs = 400, clients = 20, clientProcesses = 5, settleMs = 30_000 } = options;
  const { sendRate = 4, broken } = options;
  const beganMs = performance.now();
  const files = filesFor(clients);
  const programs = await buildPrograms();
  rig.owns({ [Symbol.asyncDispose]: () => rm(programs.directory, { recursive: true }) });
  const fleet = await startFleet(rig, { files, programs, processes: clientProcesses, sendRate, broken });
  const possible = fleet.machines[0].network === undefined ? { blackhole: 0 } : {};
  const mix = { ...MIX, ...options.mix, ...possible };
  const faults = scheduleOf({ seed, faults: wanted, clientProcesses, everyMs, ttlMs: LIMITS.ttlMs, mix });
  let done = 0;
  const log = openLog(logOf(files, 'faults'));
  await doFaults(fleet, faults, (fault, stage) => {
    log.write({ stage, ...fault });
    if (stage === 'done') options.onFault?.(fault, ++done);
  });
  log.close();
  const look = (): Evidence => readEvidence(files, LIMITS);
  await settle(fleet, look, settleMs);
  await stop(fleet);
  const evidence = look();
  const tookMs = performance.now() - beganMs;
  return { violations: check(evidence), figures: figuresOf(evidence, faults), directory: files.directory, tookMs };
}

function filesFor(clients: number): Files {
  return {
    directory: mkdtempSync(join(tmpdir(), 'switchover-soak-')),
    clients: Array.from({ length: clients }, (_, index) => `c${index}`),
    servers: ['A', 'B'],
  };
}

interface Start {
  readonly files: Files;
  readonly programs: Programs;
  /** Of clients. */
  readonly processes: number;
  readonly sendRate: number;
  readonly broken: Break | undefined;
}

async function startFleet(rig: Rig, { files, programs, processes, sendRate, broken }: Start): Promise<Fleet> {
  const separate = (await namespaceUnavailable()) === undefined;
  const extra = {
    database: databaseOf(files),
    ...LIMITS,
    clients: files.clients.length,
    pushRate: PUSH_RATE,
    ...(broken && { broken }),
  };
  const machine = async (name: string): Promise<Machine> => {
    const network = separate ? await rig.namespace() : undefined;
    const own: ServerExtra = { ...extra, log: logOf(files, name) };
    const options = { name, program: programs.server, extra: own, ...(network && { namespace: network }) };
    return { network, server: await rig.server(options) };
  };
  // One after the other: the first one makes the database.
  const machines = [await machine('A'), await machine('B')] as const;
  const hosts = machines.map(({ server }) => server.url);
  const groups = Array.from({ length: processes }, (_, index) =>
    files.clients.filter((_name, at) => at % processes === index),
  );
  const clients = await Promise.all(
    groups.map((names, index) => {
      const own: ClientsExtra = {
        directory: files.directory,
        names,
        hosts,
        sendRate,
        ...(broken && { broken }),
      };
      return rig.server({ name: `clients-${index}`, program: programs.clients, extra: own });
    }),
  );
  return { machines, clients };
}

/** Nobody says anything new. What can still arrive does, or time is up: the checker will tell. */
async function settle({ machines, clients }: Fleet, look: () => Evidence, settleMs: number): Promise<void> {
  const quiet: ServerOrder & ClientsOrder = { kind: 'quiet' };
  const pending: ClientsOrder = { kind: 'pending' };
  const servers = machines.map(({ server }) => server);
  await Promise.all([...servers, ...clients].map((process) => process.ask(quiet)));
  const deadlineMs = performance.now() + settleMs;
  while (performance.now() < deadlineMs) {
    await sleep(SETTLED_EVERY_MS);
    const counts = (await Promise.all(clients.map((process) => process.ask(pending)))) as readonly number[];
    const open = check(look()).some(({ kind }) => kind === 'undelivered' || kind === 'silent-loss');
    if (!open && counts.every((count) => count === 0)) return;
  }
}

async function stop({ machines, clients }: Fleet): Promise<void> {
  const close: ClientsOrder = { kind: 'close' };
  await Promise.all(clients.map((process) => process.ask(close)));
  await Promise.all([...clients, ...machines.map(({ server }): Server => server)].map((process) => process.end()));
}
