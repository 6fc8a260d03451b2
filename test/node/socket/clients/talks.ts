import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wsconnect } from '@nats-io/nats-core';
import { Centrifuge } from 'centrifuge';
import { createClient } from 'graphql-ws';
import { connectAsync } from 'mqtt';
import { WebSocket as PartySocket } from 'partysocket';
import reconnectingWebSocket from 'reconnecting-websocket';
import { WebSocket as EngineTransport, io } from 'socket.io-client';
import type { FailoverWebSocketConstructor } from '../../../../src/socket/webSocket/types.ts';

/** A conversation with whichever server is there. */
export interface Talk {
  /** Gets an answer out of the server, and gives what it called itself; null where none came. */
  ask(id: string): Promise<string | null>;
  close(): unknown;
}

/** A client library that takes a WebSocket implementation. */
export interface Library {
  readonly name: string;
  /** Its server's program. */
  readonly program: string;
  /** False where the client takes a close that its server asked for as final, and waits to be told. */
  readonly returnsAfterDrain: boolean;
  /** Begins a conversation over a class that fails over. */
  open(WebSocket: FailoverWebSocketConstructor, url: string): Promise<Talk>;
}

/** An answer is waited for no longer than this: it may have been on its way when a server died. */
const ANSWER_MS = 500;

// Its types say that the class is one `default` further down than Node finds it.
const ReconnectingWebSocket = reconnectingWebSocket as unknown as typeof reconnectingWebSocket.default;

const program = (name: string): string => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));

const orNull = <T>(answer: Promise<T>): Promise<T | null> =>
  Promise.race([answer.catch(() => null), sleep(ANSWER_MS, null, { ref: false })]);

/** Those whose clients reconnect, and whose servers keep nothing of a socket that is gone. */
export const LIBRARIES: readonly Library[] = [
  {
    name: 'graphql-ws',
    program: program('graphql'),
    returnsAfterDrain: true,
    async open(webSocketImpl, url) {
      const client = createClient({ url, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true });
      const ear = createEar();
      // One subscription, which the client makes again at each server.
      client.subscribe<{ tick: string }>(
        { query: 'subscription { tick }' },
        {
          next: ({ data }) => ear.hear(data?.tick ?? ''),
          error: () => ear.hear('error'),
          complete: () => ear.hear('complete'),
        },
      );
      return { ask: () => orNull(ear.next()), close: () => client.dispose() };
    },
  },
  {
    name: 'partysocket',
    program: program('echo'),
    returnsAfterDrain: true,
    open: async (WebSocket, url) => echoTalk(new PartySocket(url, [], { WebSocket, minReconnectionDelay: 50 })),
  },
  {
    name: 'reconnecting-websocket',
    program: program('echo'),
    returnsAfterDrain: true,
    open: async (WebSocket, url) =>
      echoTalk(new ReconnectingWebSocket(url, [], { WebSocket, minReconnectionDelay: 50 })),
  },
  {
    name: 'centrifuge',
    program: program('centrifuge'),
    returnsAfterDrain: true,
    async open(websocket, url) {
      const client = new Centrifuge(url, { websocket, minReconnectDelay: 50 });
      client.connect();
      await client.ready(20_000);
      return {
        ask: (id) => orNull(client.rpc('ask', id).then(({ data }) => String(data))),
        close: () => client.disconnect(),
      };
    },
  },
  {
    name: 'socket.io',
    program: program('socketIo'),
    returnsAfterDrain: false,
    async open(WebSocket, url) {
      class Transport extends EngineTransport {
        override createSocket(uri: string, protocols: string | string[] | undefined) {
          return new WebSocket(uri, protocols);
        }
      }
      const client = io(url, { transports: [Transport], reconnectionDelay: 50, forceNew: true });
      return {
        ask: (id) => orNull(client.timeout(ANSWER_MS).emitWithAck('ask', id) as Promise<string>),
        close: () => client.disconnect(),
      };
    },
  },
];

/** A socket to a server that answers each text with its own name and that text. */
function echoTalk(socket: Pick<WebSocket, 'send' | 'close' | 'addEventListener'>): Talk {
  const ear = createEar();
  socket.addEventListener('message', ({ data }) => ear.hear(String(data)));
  return {
    async ask(id) {
      const answer = ear.next((text) => text.endsWith(` ${id}`));
      socket.send(id);
      return (await orNull(answer))?.split(' ')[0] ?? null;
    },
    close: () => socket.close(),
  };
}

/** A broker has nothing to say of its own: its client hears what it says itself, and `ask` gives that back. */
export async function mqttTalk(WebSocket: FailoverWebSocketConstructor, url: string): Promise<Talk> {
  const client = await connectAsync(url, {
    createWebsocket: (address: string, protocols: string[]) => new WebSocket(address, protocols),
    forceNativeWebSocket: true,
    reconnectPeriod: 50,
  });
  client.on('error', () => {});
  await client.subscribeAsync('talk', { qos: 1 });
  const ear = createEar();
  client.on('message', (_topic, payload) => ear.hear(String(payload)));
  return {
    async ask(id) {
      const answer = ear.next((text) => text === id);
      await orNull(client.publishAsync('talk', id, { qos: 1 }));
      return orNull(answer);
    },
    close: () => client.endAsync(true),
  };
}

/** See {@link mqttTalk}. */
export async function natsTalk(WebSocket: FailoverWebSocketConstructor, url: string): Promise<Talk> {
  const connection = await wsconnect({
    servers: [url],
    wsFactory: async (address: string) => ({ socket: new WebSocket(address), encrypted: false }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
  const ear = createEar();
  connection.subscribe('talk', { callback: (_error, message) => ear.hear(message.string()) });
  return {
    ask(id) {
      const answer = ear.next((text) => text === id);
      connection.publish('talk', id);
      return orNull(answer);
    },
    close: () => connection.close(),
  };
}

/** Gives what is heard to whoever waits for it. */
function createEar() {
  let hear = (_text: string) => {};
  return {
    hear: (text: string) => hear(text),
    next: (isIt: (text: string) => boolean = () => true) =>
      new Promise<string>((resolve) => {
        hear = (text) => {
          if (isIt(text)) resolve(text);
        };
      }),
  };
}
