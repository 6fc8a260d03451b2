import { fileURLToPath } from 'node:url';
import type { Namespace } from '../../../test/rig/namespace.ts';
import { freePort } from '../../../test/rig/ports.ts';
import type { Rig } from '../../../test/rig/rig.ts';
import type { Host, Peer, Place } from '../peer.ts';
import type { ClientsOptions, Heard, Logs, Order } from './protocol.ts';

const CLIENTS = fileURLToPath(new URL('./client.ts', import.meta.url));

/** A library with its two hosts and its users, all in processes of their own. */
export interface Contender {
  readonly peer: Peer;
  readonly first: Host;
  readonly second: Host;
  /** Answered by the users' names. */
  open(round: string): Promise<readonly string[]>;
  talk(): Promise<void>;
  hush(): Promise<void>;
  /** When each user heard the second host first. */
  heard(): Promise<Heard>;
  close(): Promise<Logs>;
}

/** Names of the hosts, which begin all that they say. */
const [FIRST, SECOND] = ['a', 'b'];

/** Ports of first hosts: a namespace has them all to itself. */
const FIRST_PORT = 8_100;
/** A broker and the application beside it have one each. */
const PORTS_EACH = 10;

/** @param namespace Where the first host lives, so that it can vanish. */
export async function enter(
  rig: Rig,
  peer: Peer,
  index: number,
  namespace: Namespace | undefined,
  options: Omit<ClientsOptions, 'peer'>,
): Promise<Contender> {
  const near = '127.0.0.1';
  const firstPlace: Place =
    namespace === undefined
      ? { name: FIRST, port: await freePort(near) }
      : { name: FIRST, port: FIRST_PORT + PORTS_EACH * index, namespace };
  const [first, second] = await peer.hosts(rig, [firstPlace, { name: SECOND, port: await freePort(near) }]);
  const extra: ClientsOptions = { peer: peer.name, ...options };
  const clients = await rig.server({ name: 'clients', program: CLIENTS, extra });
  const order = (value: Order): Promise<unknown> =>
    clients.ask(value).catch((cause: unknown) => {
      throw new Error(`The users of ${peer.name} can't ${value.act}: ${String(cause)}`, { cause });
    });
  return {
    peer,
    first,
    second,
    open: async (round) => (await order({ act: 'open', round, hosts: [first.url, second.url] })) as readonly string[],
    talk: async () => void (await order({ act: 'talk' })),
    hush: async () => void (await order({ act: 'hush' })),
    heard: async () => (await order({ act: 'heard', host: SECOND })) as Heard,
    close: async () => (await order({ act: 'close' })) as Logs,
  };
}
