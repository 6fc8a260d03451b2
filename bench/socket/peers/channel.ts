import { join } from 'node:path';
import type { Rig } from '../../../test/rig/rig.ts';
import { temporaryDirectory } from '../../lib/temporaryDirectory.ts';
import { startHosts } from '../hosts.ts';
import type { Conversation, ConversationSettings, Host, Peer, Place } from '../peer.ts';
import type { SessionServerExtra } from '../servers/session.ts';
import { processedIn } from '../transactionJournal.ts';

export const channel: Peer = {
  name: 'channel',
  how: '`openChannel(fullPool([a, b]), path)`, as it comes. Two session servers over one `node:sqlite` store.',
  ours: true,
  hosts: (rig, places) => startSessionServers(rig, places, {}),
  converse,
};

/** Everything but chance: what a reconnect itself takes. */
export const channelAtOnce: Peer = {
  name: 'channel, window 0',
  how: 'The same with `retryWindowMs: 0` at the servers and `reconnect: { windowMs: 0 }` at the client: no jitter.',
  ours: true,
  hosts: (rig, places) => startSessionServers(rig, places, { retryWindowMs: 0 }),
  converse: (settings) => converse(settings, { windowMs: 0 }),
};

/** Nor the disk: what is accepted outlives every process, as a kill asks for, but not a loss of power. */
export const channelNoFsync: Peer = {
  name: 'channel, window 0, no fsync',
  how: "The same with the store's `durability: 'process'`: no commit waits for the disk.",
  ours: true,
  hosts: (rig, places) => startSessionServers(rig, places, { retryWindowMs: 0, durability: 'process' }),
  converse: (settings) => converse(settings, { windowMs: 0 }),
};

async function startSessionServers(
  rig: Rig,
  places: readonly [Place, Place],
  options: Omit<SessionServerExtra, 'store'>,
): Promise<readonly [Host, Host]> {
  const extra: SessionServerExtra = { store: join(rig.owns(temporaryDirectory()).path, 'sessions'), ...options };
  const [a, b] = await startHosts(rig, new URL('../servers/session.ts', import.meta.url), places, extra);
  const journaled = (host: Host, { name }: Place): Host => ({
    ...host,
    processed: () => processedIn(extra.store, name),
  });
  return [journaled(a, places[0]), journaled(b, places[1])];
}

async function converse(
  { user, hosts, onMessage }: ConversationSettings,
  reconnect: { readonly windowMs?: number } = {},
): Promise<Conversation> {
  const { openChannel } = await import('../../../src/index.channel.ts');
  const { fullPool } = await import('../../../src/index.parts.ts');
  // The addresses of network namespaces are not local.
  const pool = fullPool(hosts, { allowInsecure: true });
  const channel = openChannel(pool, '/channel', { credential: () => user, reconnect });
  channel.on('message', (data) => onMessage(String(data)));
  await new Promise<void>((resolve) => {
    channel.on('state', ({ kind }) => {
      if (kind === 'open') resolve();
    });
  });
  return {
    send: (id) => channel.send(id),
    async close() {
      await channel.close();
      pool.close();
    },
  };
}
