import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Certificate } from '../../rig/certificates.ts';
import { guard } from '../../rig/guard.ts';
import { within } from '../../rig/wait.ts';

/** A server in the test's own process, and the sockets that it has at the moment. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** Origin, without a slash at its end. */
  readonly url: string;
  /** Connections accepted so far. */
  accepted(): number;
  /** Connections that stand now. */
  open(): number;
}

export function listenHttp(
  handler: RequestListener,
  options: { readonly tls?: Certificate; readonly address?: string; readonly port?: number } = {},
): Promise<Listening> {
  const { tls, address, port } = options;
  const server = tls === undefined ? createHttp(handler) : createHttps(tls, handler);
  return listenWith(server, tls === undefined ? 'http' : 'https', address, port);
}

/** A server that treats connections as they come, below HTTP. */
export function listenTcp(handler: (socket: Socket) => void, scheme: 'http' | 'https' = 'http'): Promise<Listening> {
  return listenWith(createTcp(handler), scheme);
}

export async function listenWith(
  server: Server,
  scheme: string,
  address = '127.0.0.1',
  wanted = 0,
): Promise<Listening> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(wanted, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://${scheme === 'https' ? 'localhost' : address}:${port}`,
    accepted: () => accepted,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port of this machine where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await listenTcp(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}

const QUEUE = 12;

/**
 * A port whose kernel drops the SYN of a new connection: a process listens, never accepts, and its queue is full. What a
 * client meets is a host that is gone, also where there are no namespaces (Linux).
 */
export async function silentPort(
  ...addresses: readonly string[]
): Promise<{ readonly port: number } & AsyncDisposable> {
  const hosts = addresses.length === 0 ? ['127.0.0.1'] : addresses;
  const program = fileURLToPath(new URL('./programs/deaf.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...hosts], { stdio: ['ignore', 'pipe', 'inherit'] });
  const release = guard({ kind: 'process', pid: child.pid ?? 0 });
  const exited = once(child, 'exit');
  const [line] = await within(once(child.stdout, 'data') as Promise<[Buffer]>, 20_000, () => 'The deaf server is mute');
  const port = Number(line.toString());
  const fillers = hosts.flatMap((host) =>
    Array.from({ length: QUEUE }, () => connect({ port, host }).on('error', () => {})),
  );
  await within(once(fillers.at(-QUEUE) as Socket, 'connect'), 20_000, () => 'The deaf server does not listen');
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await exited;
      release();
    },
  };
}
