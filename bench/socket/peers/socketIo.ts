import { startHosts } from '../hosts.ts';
import type { Peer } from '../peer.ts';

/** What users choose who want each message to arrive: it is sent again until the server acknowledges it. */
const DELIVERY = { retries: 1_000, ackTimeout: 2_000 };

export const socketIo: Peer = {
  name: 'socket.io',
  how: "`io(a, { transports: ['websocket'], retries: 1000, ackTimeout: 2000 })`; `socket.io.on('reconnect_attempt', …)` writes the other host into `socket.io.uri`. Two servers with `connectionStateRecovery`, which is of one server's memory.",
  hosts: (rig, places) => startHosts(rig, new URL('../servers/socketIo.ts', import.meta.url), places),
  async converse({ hosts, onMessage }) {
    const { io } = await import('socket.io-client');
    const socket = io(hosts[0], { transports: ['websocket'], forceNew: true, ...DELIVERY });
    let attempts = 0;
    socket.io.on('reconnect_attempt', () => {
      // Its type says private; there is no other way to another host that keeps the listeners (socketio/socket.io#3279).
      (socket.io as unknown as { uri: string }).uri = hosts[++attempts % 2 === 0 ? 0 : 1];
    });
    socket.on('said', onMessage);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return { send: (id) => void socket.emit('say', id, () => {}), close: () => socket.close() };
  },
};
