import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Rig } from '../../rig/rig.ts';

/** A server in this process, for answers that no honest server gives. */
export interface StrangeServer {
  readonly url: string;
  /** Paths that were asked for, oldest first. */
  readonly asked: readonly string[];
  /** Connections that are open now. */
  readonly open: number;
}

export async function strangeServer(
  rig: Rig,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StrangeServer> {
  const asked: string[] = [];
  const sockets = new Set<object>();
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.on('error', () => {});
    answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  rig.owns({
    [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get open() {
      return sockets.size;
    },
  };
}

/** Sends `totalBytes` without saying how many there are, at the pace of whoever reads. Counts what left. */
export function pour(response: ServerResponse, totalBytes: number, onSent: (bytes: number) => void): void {
  const piece = Buffer.alloc(65_536, ' ');
  let left = totalBytes;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= piece.length;
      onSent(piece.length);
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

/** Answers with JSON. */
export function sayJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}
