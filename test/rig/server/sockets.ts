import type { Server, Socket } from 'node:net';

/** The open TCP connections of a server, so that faults can break them. */
export interface OpenSockets {
  /** Resets (RST) the TCP connection under a request's socket, also where that is a TLS socket, which cannot itself. */
  reset(socket: Socket): void;
  resetAll(): void;
}

/** Follows `server`, calling `onConnection` for each connection accepted. */
export function trackSockets(server: Server, onConnection: () => void): OpenSockets {
  const open = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const name = peerOf(socket);
    open.set(name, socket);
    // Breaking connections is what this server is for: the other side's resets are no news.
    socket.on('error', () => {});
    socket.once('close', () => {
      if (open.get(name) === socket) open.delete(name);
    });
    onConnection();
  });
  return {
    reset(socket) {
      (open.get(peerOf(socket)) ?? socket).resetAndDestroy();
      socket.destroy();
    },
    resetAll() {
      for (const socket of open.values()) socket.resetAndDestroy();
    },
  };
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
