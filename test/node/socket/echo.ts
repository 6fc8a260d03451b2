import { fileURLToPath } from 'node:url';
import { WebSocket as Ws } from 'ws';
import { createFailover, type FailoverOptions } from '../../../src/index.node.ts';
import type { WebSocketConstructor } from '../../../src/socket/plainSocket.ts';
import type { SocketOptions } from '../../../src/socket/webSocket/options.ts';
import type { Server, ServerOptions } from '../../rig/cluster.ts';
import type { Rig } from '../../rig/rig.ts';
import { until } from '../../rig/wait.ts';
import type { EchoCommand } from './programs/echoServer.ts';

const PROGRAM = fileURLToPath(new URL('./programs/echoServer.ts', import.meta.url));
const LIMIT_MS = 20_000;

/** The two classes that Node's users have. */
export const PLATFORMS: readonly (readonly [string, WebSocketConstructor])[] = [
  ['Node’s own WebSocket', globalThis.WebSocket as unknown as WebSocketConstructor],
  ['ws', Ws as unknown as WebSocketConstructor],
];

export const echoServer = (rig: Rig, name: string, options: ServerOptions = {}): Promise<Server> =>
  rig.server({ name, program: PROGRAM, ...options });

export const tell = (server: Server, command: EchoCommand): Promise<unknown> => server.ask(command);

/** Upgrades that a server received. */
export const upgrades = (server: Server): number => server.counts().work;

/** A socket over servers, and all that it tells. */
export function connect(
  rig: Rig,
  servers: readonly Server[],
  socket: SocketOptions,
  options: Partial<FailoverOptions> = {},
) {
  const failover = createFailover({ hosts: servers.map(({ url }) => url), allowInsecure: true, socket, ...options });
  rig.owns({ [Symbol.asyncDispose]: async () => failover.close() });
  const made = new failover.WebSocket('/echo');
  const log: string[] = [];
  const nameOf = (origin: string | null) => servers.find(({ url }) => url === origin)?.name ?? '-';
  made.addEventListener('open', () => log.push('open'));
  made.addEventListener('message', ({ data }) => log.push(String(data)));
  made.addEventListener('error', () => log.push('error'));
  made.addEventListener('close', ({ code }) => log.push(`close ${code}`));
  made.addEventListener('reconnecting', ({ detail }) => log.push(`lost ${nameOf(detail.from)} ${detail.cause}`));
  made.addEventListener('reconnected', ({ detail }) => log.push(`moved ${nameOf(detail.from)}${nameOf(detail.to)}`));
  const reach = (done: () => boolean, what: string) => until(done, LIMIT_MS, () => `${what}: ${log.join(', ')}`);
  let word = 0;
  return {
    failover,
    socket: made,
    log,
    reach,
    /** Waits until the socket has said this. */
    hears: (text: string) => reach(() => log.includes(text), text),
    /** The socket is up, at this server, and both ways work. */
    async isAt(server: Server) {
      await reach(() => made.readyState === 1 && made.url.includes(`:${server.port}/`), `not at ${server.name}`);
      const text = `word ${++word}`;
      made.send(text);
      await reach(() => log.includes(`${server.name}: ${text}`), `${server.name} does not answer`);
    },
  };
}
