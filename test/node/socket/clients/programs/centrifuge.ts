/** The part of Centrifugo's JSON protocol that a remote call needs: connect, rpc, and its pings. */
import { serveSockets } from './serveSockets.ts';

interface Command {
  readonly id?: number;
  readonly connect?: object;
  readonly rpc?: { readonly data: unknown };
}

const PING_S = 1;
const { name, sockets, journal } = await serveSockets();
sockets.on('connection', (socket) => {
  const send = (reply: object) => socket.send(JSON.stringify(reply));
  const timer = setInterval(() => send({}), PING_S * 1_000);
  socket.on('close', () => clearInterval(timer));
  socket.on('message', (data) => {
    for (const line of String(data).split('\n')) {
      const { id, connect, rpc } = JSON.parse(line) as Command;
      if (connect !== undefined) send({ id, connect: { client: name, version: 'test', ping: PING_S, pong: true } });
      if (rpc === undefined) continue;
      journal.write({ kind: 'processed', id: String(rpc.data) });
      send({ id, rpc: { data: name } });
    }
  });
});
