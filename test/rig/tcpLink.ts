import { connect, type Socket } from 'node:net';
import type { TcpFault } from './tcpProxy.ts';

/** Held back at most, each way; beyond it the sender feels the pressure. */
const HELD_CAP_BYTES = 1_048_576;
/** So that on loopback the bytes before a break have been read when the break comes. */
const BEFORE_BREAK_MS = 10;

type Direction = 'answer' | 'request';

/** What a link asks of, and tells, the proxy it belongs to. */
export interface LinkHost {
  readonly target: { readonly host: string; readonly port: number };
  fault(): TcpFault;
  /** The fault's limit was reached on this link. */
  onHit(): void;
  onPassed(direction: Direction, bytes: number): void;
  /** The client's connection is gone. */
  onClosed(): void;
}

/** What came in and has not been passed on: bytes, or the end. */
interface Held {
  readonly what: Buffer | 'end';
  readonly dueMs: number;
}

/** One direction of a link. */
interface Lane {
  readonly direction: Direction;
  readonly held: Held[];
  heldBytes: number;
  passedBytes: number;
}

/**
 * One connection through the proxy. A client's end ends both sides at once; a server's end waits in line behind its
 * bytes, so that a stall holds it back too.
 */
export class TcpLink {
  readonly #client: Socket;
  readonly #host: LinkHost;
  readonly #request = createLane('request');
  readonly #answer = createLane('answer');
  #server: Socket | undefined;
  /** The fault that this link has met. It keeps it, even when the proxy is done with it. */
  #met: TcpFault | undefined;
  #isEnding = false;

  constructor(client: Socket, host: LinkHost) {
    this.#client = client;
    this.#host = host;
    client.on('error', () => this.reset());
    client.on('end', () => this.#end());
    client.on('drain', () => this.react());
    client.on('close', () => {
      this.#isEnding = true;
      this.#server?.destroy();
      host.onClosed();
    });
    this.#take(client, this.#request);
  }

  /** Does what the fault asks now. */
  react(): void {
    const fault = this.#met ?? this.#host.fault();
    if (this.#isEnding || fault.kind === 'blackHole') return;
    if (this.#meets(fault)) return;
    this.#server ??= this.#connect();
    this.#pump(this.#request, this.#client, this.#server, fault);
    this.#pump(this.#answer, this.#server, this.#client, fault);
    this.#meets(fault);
  }

  /** As `react`, with counts begun anew and an earlier hit forgotten: for a fault newly set. */
  renew(): void {
    this.#met = undefined;
    this.#request.passedBytes = 0;
    this.#answer.passedBytes = 0;
    this.react();
  }

  reset(): void {
    this.#isEnding = true;
    if (!this.#client.destroyed) this.#client.resetAndDestroy();
  }

  /** Ends the client's connection in order: what was written to it arrives first. */
  #end(): void {
    this.#isEnding = true;
    this.#server?.destroy();
    this.#client.end(() => this.#client.destroy());
  }

  #connect(): Socket {
    const server = connect({ ...this.#host.target, noDelay: true });
    server.on('error', () => this.reset());
    server.on('drain', () => this.react());
    this.#take(server, this.#answer);
    return server;
  }

  /** Puts what comes from `source` into its lane. */
  #take(source: Socket, lane: Lane): void {
    const hold = (what: Held['what']): void => {
      const fault = this.#host.fault();
      lane.held.push({ what, dueMs: performance.now() + (fault.kind === 'delay' ? fault.delayMs : 0) });
      this.react();
    };
    source.on('data', (chunk: Buffer) => {
      lane.heldBytes += chunk.length;
      if (lane.heldBytes > HELD_CAP_BYTES) source.pause();
      hold(chunk);
    });
    source.on('end', () => hold('end'));
  }

  /** Passes on what is due, as far as the fault and the receiver let it through. */
  #pump(lane: Lane, from: Socket, to: Socket, fault: TcpFault): void {
    for (let next = lane.held.shift(); next !== undefined; next = lane.held.shift()) {
      const room = limitOf(fault, lane.direction) - lane.passedBytes;
      const waitMs = next.dueMs - performance.now();
      if (room <= 0 || waitMs > 0 || to.writableNeedDrain) {
        lane.held.unshift(next);
        if (waitMs > 0) setTimeout(() => this.react(), Math.ceil(waitMs));
        break;
      }
      if (next.what === 'end') {
        this.#end();
        return;
      }
      const piece = next.what.subarray(0, room);
      if (piece.length < next.what.length) lane.held.unshift({ ...next, what: next.what.subarray(room) });
      lane.heldBytes -= piece.length;
      lane.passedBytes += piece.length;
      this.#host.onPassed(lane.direction, piece.length);
      to.write(piece);
    }
    if (lane.heldBytes <= HELD_CAP_BYTES && from.isPaused()) from.resume();
  }

  /** True where a lane has come to the fault's limit. The first time, the fault strikes. */
  #meets(fault: TcpFault): boolean {
    const isReached = [this.#request, this.#answer].some((lane) => lane.passedBytes >= limitOf(fault, lane.direction));
    if (!isReached || this.#met !== undefined) return isReached && fault.kind !== 'stall';
    this.#met = fault;
    this.#host.onHit();
    if (fault.kind === 'reset') setTimeout(() => this.reset(), BEFORE_BREAK_MS);
    if (fault.kind === 'end') setTimeout(() => this.#end(), BEFORE_BREAK_MS);
    return fault.kind !== 'stall';
  }
}

function createLane(direction: Direction): Lane {
  return { direction, held: [], heldBytes: 0, passedBytes: 0 };
}

/** How many bytes a lane may pass under a fault. */
function limitOf(fault: TcpFault, direction: Direction): number {
  const isLimited = fault.kind === 'reset' || fault.kind === 'end' || fault.kind === 'stall';
  if (!isLimited || (fault.direction ?? 'answer') !== direction) return Number.POSITIVE_INFINITY;
  return fault.afterBytes ?? 0;
}
