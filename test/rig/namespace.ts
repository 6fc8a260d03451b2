import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createFirewall, type Firewall } from './firewall.ts';
import { guard } from './guard.ts';
import { isAlive } from './processState.ts';

/**
 * A network namespace of its own (Linux, root), joined to this machine by one veth pair on a /30 that only that pair
 * knows. A server inside it can be made to vanish from the network: not refuse, not reset, just be gone.
 *
 * Needs `ip` (Debian: iproute2) and `iptables` or `nft` (iptables, nftables). Nothing outside the namespace changes but
 * for the pair's near end and the route to its /30.
 */
export interface Namespace extends AsyncDisposable {
  readonly name: string;
  /** Where a server inside listens: give the namespace to `startServer({ namespace })`. */
  readonly address: string;
  /** This machine's end of the pair. */
  readonly hostAddress: string;
  /** Put before a command, it runs the command inside. */
  readonly prefix: readonly string[];
  /** From now every packet, in or out, is dropped: new connections and old ones meet silence. */
  blackhole(): Promise<void>;
  /** Packets flow again. Connections that TCP has not given up go on. */
  heal(): Promise<void>;
  /** Removes the namespace and the pair. End what runs inside first, or it lives on without a network. */
  close(): Promise<void>;
}

/** 10.213.0.0/16 holds 16,384 blocks of four addresses. */
const BLOCK_COUNT = 16_384;
const CLAIM_TRIES = 20;
const COMMAND_LIMIT_MS = 15_000;
const run = promisify(execFile);

/**
 * Why there are no namespaces here, or `undefined` where there are: found by making one. With `CI=true` it throws
 * instead, as a machine that is there to test everything must not skip quietly.
 */
export async function namespaceUnavailable(): Promise<string | undefined> {
  unavailable ??= findUnavailable();
  const reason = await unavailable;
  const { CI } = process.env;
  if (reason !== undefined && CI === 'true') throw new Error(`CI must have namespaces: ${reason}`);
  return reason;
}

let unavailable: Promise<string | undefined> | undefined;

async function findUnavailable(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces want root';
  try {
    await using trial = await createNamespace();
    await trial.blackhole();
    return undefined;
  } catch (error) {
    return `no network namespace here: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}

export async function createNamespace(): Promise<Namespace> {
  await sweep();
  const name = `swr-${process.pid}-${randomBytes(4).toString('hex')}`;
  const release = guard({ kind: 'namespace', name });
  let device: string | undefined;
  const close = async (): Promise<void> => {
    // The pair goes first and at once: a namespace lingers until its last socket is closed.
    if (device !== undefined) await quietly('ip', 'link', 'delete', device);
    await quietly('ip', 'netns', 'delete', name);
    release();
  };
  try {
    await run('ip', ['netns', 'add', name], { timeout: COMMAND_LIMIT_MS });
    const block = await claimBlock(name);
    device = nearEnd(block);
    await bringUp(name, block);
    return namespaceOver(name, block, await createFirewall(name, farEnd(block)), close);
  } catch (error) {
    await close();
    throw error;
  }
}

function namespaceOver(name: string, block: number, firewall: Firewall, close: () => Promise<void>): Namespace {
  return {
    name,
    address: addressIn(block, 2),
    hostAddress: addressIn(block, 1),
    prefix: ['ip', 'netns', 'exec', name],
    blackhole: firewall.drop,
    heal: firewall.pass,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function addressIn(block: number, host: number): string {
  return `10.213.${block >> 6}.${(block & 63) * 4 + host}`;
}

function nearEnd(block: number): string {
  return `swr${block}h`;
}

function farEnd(block: number): string {
  return `swr${block}n`;
}

/**
 * Makes a veth pair named after a block of addresses. A name exists once on a machine, so making the pair is also the
 * claim to the block: two processes cannot get the same one.
 */
async function claimBlock(name: string): Promise<number> {
  const used = await usedBlocks();
  for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
    const block = Math.floor(Math.random() * BLOCK_COUNT);
    if (used.has(addressIn(block, 0))) continue;
    try {
      const pair = ['type', 'veth', 'peer', 'name', farEnd(block), 'netns', name];
      await run('ip', ['link', 'add', nearEnd(block), ...pair], { timeout: COMMAND_LIMIT_MS });
      return block;
    } catch (error) {
      if (!String(error).includes('File exists')) throw error;
    }
  }
  throw new Error(`no free block in 10.213.0.0/16 in ${CLAIM_TRIES} tries`);
}

/** Networks within 10.213.0.0/16 that this machine has a route to, by their first address. */
async function usedBlocks(): Promise<Set<string>> {
  const { stdout } = await run('ip', ['-4', 'route', 'show', 'table', 'all'], { timeout: COMMAND_LIMIT_MS });
  const networks = [...stdout.matchAll(/^(?:\w+ )?(10\.213\.[\d.]+)(?:\/(\d+))?/gm)];
  const wide = networks.find(([, , bits]) => bits !== undefined && Number(bits) < 30);
  if (wide !== undefined) throw new Error(`this machine has its own route to ${wide[1]}/${wide[2]}`);
  return new Set(networks.map(([, address = '']) => address));
}

async function bringUp(name: string, block: number): Promise<void> {
  const steps = [
    ['address', 'add', `${addressIn(block, 1)}/30`, 'dev', nearEnd(block)],
    ['link', 'set', nearEnd(block), 'up'],
    ['-n', name, 'address', 'add', `${addressIn(block, 2)}/30`, 'dev', farEnd(block)],
    ['-n', name, 'link', 'set', farEnd(block), 'up'],
    ['-n', name, 'link', 'set', 'lo', 'up'],
  ];
  for (const step of steps) await run('ip', step, { timeout: COMMAND_LIMIT_MS });
}

/** Removes what a process left behind that was killed together with its guardian. */
async function sweep(): Promise<void> {
  for (const name of await namespaceNames()) {
    const [, pid] = /^swr-(\d+)-\w+$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await quietly('ip', 'netns', 'delete', name);
  }
}

/** Read where `ip` keeps them: `ip netns list` stumbles over a namespace that goes while it looks. */
async function namespaceNames(): Promise<readonly string[]> {
  try {
    return await readdir('/run/netns');
  } catch {
    return [];
  }
}

/** For what may be gone already. */
async function quietly(file: string, ...args: readonly string[]): Promise<void> {
  await run(file, args, { timeout: COMMAND_LIMIT_MS }).catch(() => {});
}
