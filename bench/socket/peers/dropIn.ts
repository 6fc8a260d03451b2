import { startHosts } from '../hosts.ts';
import type { Peer } from '../peer.ts';

export const dropIn: Peer = {
  name: 'drop-in WebSocket',
  how: "`new (createWebSocket(createPool([a, b]), { WebSocket }))('/')` over the class of `ws`, whose pings find a dead link. A plain `ws` server, which acknowledges nothing.",
  ours: true,
  hosts: (rig, places) => startHosts(rig, new URL('../servers/plain.ts', import.meta.url), places),
  async converse({ hosts, onMessage }) {
    const { WebSocket } = await import('ws');
    const { createPool } = await import('../../../src/index.fetch.ts');
    const { createWebSocket } = await import('../../../src/index.socket.ts');
    // The addresses of network namespaces are not local.
    const pool = createPool(hosts, { allowInsecure: true });
    const socket = new (createWebSocket(pool, { WebSocket }))('/');
    socket.addEventListener('message', ({ data }) => onMessage(String(data)));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    return {
      send: (id) => socket.send(id),
      close() {
        socket.close();
        pool.close();
      },
    };
  },
};
