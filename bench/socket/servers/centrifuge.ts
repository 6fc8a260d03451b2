/**
 * As much of Centrifugo's JSON protocol as a conversation needs: connect, rpc, pushed messages, and a ping every 25 s as
 * Centrifugo sends it. It can't show recovery of missed publications, which is the real server's work. Started by the rig.
 */
import { type WebSocket, WebSocketServer } from 'ws';
import { speaker } from './speaker.ts';

/** Centrifugo's default; its clients wait 10 s more for the next one. */
const PING_S = 25;

interface Command {
  readonly id?: number;
  readonly connect?: object;
  readonly rpc?: { readonly data: string };
}

const push = (text: string) => JSON.stringify({ push: { message: { data: text } } });

const { launch, process, listening } = speaker((text) => {
  for (const socket of server.clients) socket.send(push(text));
});

const server = new WebSocketServer({ host: launch.host, port: launch.port }, listening);

server.on('connection', (socket) => {
  socket.on('error', () => {});
  const pings = setInterval(() => socket.send('{}'), PING_S * 1_000);
  socket.on('close', () => clearInterval(pings));
  // A frame may hold several commands, a line each.
  socket.on('message', (data) => {
    for (const line of String(data).split('\n')) answer(socket, JSON.parse(line) as Command);
  });
});

function answer(socket: WebSocket, { id, connect, rpc }: Command): void {
  const reply = (words: object): void => socket.send(JSON.stringify({ id, ...words }));
  if (connect !== undefined) reply({ connect: { client: `client-${id}`, version: '6', ping: PING_S, pong: true } });
  else if (rpc !== undefined) {
    socket.send(push(process(rpc.data)));
    reply({ rpc: { data: null } });
  }
}
