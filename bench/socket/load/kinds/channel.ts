import { createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { openChannel } from '../../../../src/index.channel.ts';
import { fullPool } from '../../../../src/index.parts.ts';
import {
  attachWebSocketServer,
  createSessionServer,
  memorySessionStore,
  type SessionStore,
  sqliteSessionStore,
} from '../../../../src/server/index.ts';
import { temporaryDirectory } from '../../../lib/temporaryDirectory.ts';
import { type Kind, type Line, type Message, NAMES } from '../kind.ts';

export const channelOverMemory = channelOver(NAMES.memory, () => memorySessionStore());
export const channelOverSqlite = channelOver(NAMES.sqlite, () => sqliteSessionStore({ path: newFile() }));
export const channelOverSqliteOfProcesses = channelOver(NAMES.sqliteProcess, () =>
  sqliteSessionStore({ path: newFile(), durability: 'process' }),
);

/** In a directory that is gone when this process is. */
const newFile = (): string => join(temporaryDirectory().path, 'sessions');

function channelOver(name: string, storeOf: () => SessionStore): Kind {
  return { name, acknowledges: true, serve: (port, onMessage) => serve(storeOf(), port, onMessage), connect };
}

async function serve(
  store: SessionStore,
  port: number,
  onMessage: (line: Line, message: Message) => void,
): Promise<void> {
  const sessions = createSessionServer({
    store,
    authenticate: ({ auth = '' }) => ({ subject: auth }),
    admission: { ratePerSecond: 100_000, burst: 100_000 },
  });
  sessions.on('message', (session, { data }) => onMessage(session, data as Message));
  const server = createServer();
  await attachWebSocketServer(sessions, { server });
  await new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1', backlog: 4_096 }, resolve));
}

/** One for all connections, as an application has it. */
let pool: ReturnType<typeof fullPool> | undefined;

/** Over the client of `ws`, as the others here. */
function connect(
  url: string,
  first: number,
  count: number,
  onMessage: (index: number, message: Message) => void,
): Promise<readonly Line[]> {
  pool ??= fullPool([url]);
  const hosts = pool;
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const user = `user${first + index}`;
      const channel = openChannel(hosts, '/channel', { WebSocket, name: user, credential: () => user });
      channel.on('message', (data) => onMessage(first + index, data as Message));
      await new Promise<void>((resolve) => {
        channel.on('state', ({ kind }) => {
          if (kind === 'open') resolve();
        });
      });
      return channel;
    }),
  );
}
