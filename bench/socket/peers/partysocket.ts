import { startHosts } from '../hosts.ts';
import type { Peer } from '../peer.ts';
import { alternating } from './urlFunction.ts';

export const partysocket: Peer = {
  name: 'partysocket',
  how: '`new WebSocket(() => hosts[attempts++ % 2])` of `partysocket`; buffers what is said while it has no connection. A plain `ws` server.',
  hosts: (rig, places) => startHosts(rig, new URL('../servers/plain.ts', import.meta.url), places),
  async converse({ hosts, onMessage }) {
    const { WebSocket } = await import('partysocket');
    const socket = new WebSocket(alternating(hosts));
    socket.addEventListener('message', ({ data }) => onMessage(String(data)));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    return { send: (id) => socket.send(id), close: () => socket.close() };
  },
};
