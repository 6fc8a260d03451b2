import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from './ports.ts';
import { TcpLink } from './tcpLink.ts';

/** What the proxy does to the connections through it. */
export type TcpFault =
  | { readonly kind: 'none' }
  /**
   * After `afterBytes` in one direction the connection is reset (RST), ended (FIN), or stands still while it stays open.
   * 0 (the default) hits open connections at once and new ones when they come.
   */
  | {
      readonly kind: 'reset' | 'end' | 'stall';
      /** Counted on each connection from when the fault is set. Default 0. */
      readonly afterBytes?: number;
      /** Whose bytes are counted: the server's (`answer`, the default) or the client's. */
      readonly direction?: 'answer' | 'request';
      /** How many connections it hits before the fault is `none` again. Default: all. */
      readonly times?: number;
    }
  /** Connections are accepted, and nothing gets through either way. */
  | { readonly kind: 'blackHole' }
  /** Whatever passes does so this much later, each way. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The port is closed and every connection reset, until the next fault. */
  | { readonly kind: 'refuse' };

export interface TcpProxyOptions {
  /** The server's origin, or where it listens. */
  readonly to: string | { readonly host: string; readonly port: number };
  /** Default: a free one. */
  readonly port?: number;
  readonly fault?: TcpFault;
}

/** A TCP proxy on loopback, inside this process. It breaks connections without the server's doing. */
export interface TcpProxy extends AsyncDisposable {
  /** The server's scheme and hostname (so that its certificate fits) with the proxy's port. */
  readonly url: string;
  readonly port: number;
  /**
   * Sets the fault, for open connections too. What an earlier stall or black hole held back goes on its way, as on a
   * network that heals.
   */
  fault(fault: TcpFault): Promise<void>;
  /** Resets every open connection, once. */
  resetAll(): void;
  counts(): TcpCounts;
  close(): Promise<void>;
}

export interface TcpCounts {
  readonly accepted: number;
  /** Connections that the client has not ended yet: shows whether it frees its sockets. */
  readonly open: number;
  /** Bytes passed on to the server, over all connections. */
  readonly requestBytes: number;
  /** Bytes passed on to clients, over all connections. */
  readonly answerBytes: number;
}

const ADDRESS = '127.0.0.1';

export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const target = targetOf(options.to);
  const port = options.port ?? (await freePort(ADDRESS));
  const links = new Set<TcpLink>();
  let counts = { accepted: 0, requestBytes: 0, answerBytes: 0 };
  let fault: TcpFault = options.fault ?? { kind: 'none' };
  let timesLeft = timesOf(fault);

  const onHit = (): void => {
    timesLeft -= 1;
    if (timesLeft <= 0) fault = { kind: 'none' };
  };
  const accept = (client: Socket): void => {
    const link = new TcpLink(client, {
      target,
      fault: () => fault,
      onHit,
      onPassed: (direction, bytes) => {
        const name = direction === 'answer' ? 'answerBytes' : 'requestBytes';
        counts = { ...counts, [name]: counts[name] + bytes };
      },
      onClosed: () => links.delete(link),
    });
    counts = { ...counts, accepted: counts.accepted + 1 };
    links.add(link);
    link.react();
  };
  const server = createServer({ noDelay: true }, accept);
  const resetAll = (): void => {
    for (const link of [...links]) link.reset();
  };
  const apply = async (): Promise<void> => {
    if (fault.kind !== 'refuse') await listen(server, port);
    else await close(server, resetAll);
  };
  await apply();
  const shut = (): Promise<void> => close(server, resetAll);
  return {
    url: `${target.scheme}://${target.hostname}:${port}`,
    port,
    async fault(next) {
      fault = next;
      timesLeft = timesOf(next);
      await apply();
      for (const link of [...links]) link.renew();
    },
    resetAll,
    counts: () => ({ ...counts, open: links.size }),
    close: shut,
    [Symbol.asyncDispose]: shut,
  };
}

function timesOf(fault: TcpFault): number {
  return ('times' in fault ? fault.times : undefined) ?? Number.POSITIVE_INFINITY;
}

function targetOf(to: TcpProxyOptions['to']): { scheme: string; hostname: string; host: string; port: number } {
  if (typeof to !== 'string') return { scheme: 'http', hostname: ADDRESS, ...to };
  const { protocol, hostname, port } = new URL(to);
  const isLocal = hostname === 'localhost';
  return {
    scheme: protocol.slice(0, -1),
    hostname: isLocal ? hostname : ADDRESS,
    host: isLocal ? ADDRESS : hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
  };
}

function listen(server: Server, port: number): Promise<void> {
  if (server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, ADDRESS, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server, resetAll: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    resetAll();
  });
}
