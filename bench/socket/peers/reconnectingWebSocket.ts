import { startHosts } from '../hosts.ts';
import type { Peer } from '../peer.ts';
import { alternating } from './urlFunction.ts';

export const reconnectingWebSocket: Peer = {
  name: 'reconnecting-websocket',
  how: '`new ReconnectingWebSocket(() => hosts[attempts++ % 2])`; buffers what is said while it has no connection. A plain `ws` server.',
  hosts: (rig, places) => startHosts(rig, new URL('../servers/plain.ts', import.meta.url), places),
  async converse({ hosts, onMessage }) {
    const { default: exported } = await import('reconnecting-websocket');
    // Its types say that the class is one `default` further down than Node finds it.
    const ReconnectingWebSocket = exported as unknown as typeof exported.default;
    const socket = new ReconnectingWebSocket(alternating(hosts));
    socket.addEventListener('message', ({ data }) => onMessage(String(data)));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    return { send: (id) => socket.send(id), close: () => socket.close() };
  },
};
