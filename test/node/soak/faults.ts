import type { Server } from '../../rig/cluster.ts';
import type { Namespace } from '../../rig/namespace.ts';
import { sleep } from '../../rig/wait.ts';
import type { ServerOrder } from './orders.ts';
import type { Fault, Target } from './schedule.ts';

/** A server and, where there are namespaces, the network that it alone is in. */
export interface Machine {
  readonly server: Server;
  readonly network: Namespace | undefined;
}

/** What faults are done to. */
export interface Fleet {
  readonly machines: readonly [Machine, Machine];
  /** Processes of several clients each. */
  readonly clients: readonly Server[];
}

/** Most time that a server gives its clients to leave. */
const DRAIN_MS = 600;

/** Does all faults, each in its time; faults of one target one after the other. Rejects where one can't be done. */
export async function doFaults(
  fleet: Fleet,
  faults: readonly Fault[],
  onChange: (fault: Fault, stage: 'begun' | 'done') => void,
): Promise<void> {
  const beganMs = performance.now();
  const busy = new Map<Target, Promise<void>>();
  const all = faults.map((fault) => {
    const free = Promise.all(fault.targets.map((target) => busy.get(target)));
    const done = free.then(async () => {
      await sleep(Math.max(0, beganMs + fault.atMs - performance.now()));
      onChange(fault, 'begun');
      await doFault(fleet, fault);
      onChange(fault, 'done');
    });
    const calm = done.then(() => sleep(fault.calmMs));
    // A fault that can't be done ends the run; nobody has to hear of it twice.
    calm.catch(() => {});
    for (const target of fault.targets) busy.set(target, calm);
    return done;
  });
  await Promise.all(all);
}

async function doFault(fleet: Fleet, { kind, targets, forMs }: Fault): Promise<void> {
  const processes = targets.map((target) => processOf(fleet, target));
  const [first] = processes;
  if (first === undefined) throw new RangeError('a fault of nothing');
  switch (kind) {
    case 'kill':
    case 'bothDown':
    case 'clientKill':
      return crash(processes, forMs);
    case 'freeze':
      return freeze(first, forMs);
    case 'drain':
      return drain(first, forMs);
    case 'blackhole':
      return vanish(networkOf(fleet, first), forMs);
  }
}

function processOf({ machines, clients }: Fleet, target: Target): Server {
  const [kind, index] = target.split(':');
  const found = kind === 'clients' ? clients[Number(index)] : machines[Number(index)]?.server;
  if (found === undefined) throw new RangeError(`there is no ${target}`);
  return found;
}

const networkOf = ({ machines }: Fleet, process: Server): Namespace | undefined =>
  machines.find(({ server }) => server === process)?.network;

/** SIGKILL, and a new process after a while. */
async function crash(processes: readonly Server[], forMs: number): Promise<void> {
  await Promise.all(processes.map((process) => process.kill()));
  await sleep(forMs);
  await Promise.all(processes.map((process) => process.restart()));
}

async function freeze(server: Server, forMs: number): Promise<void> {
  await server.freeze();
  await sleep(forMs);
  await server.thaw();
}

/** The server says that it will go, goes when its clients have or its time is over, and comes back. */
async function drain(server: Server, forMs: number): Promise<void> {
  const order: ServerOrder = { kind: 'drain', deadlineMs: DRAIN_MS };
  await server.ask(order);
  await server.end();
  await sleep(forMs);
  await server.restart();
}

/** No packet comes or goes. What TCP has kept goes on afterwards. */
async function vanish(network: Namespace | undefined, forMs: number): Promise<void> {
  await network?.blackhole();
  await sleep(forMs);
  await network?.heal();
}
