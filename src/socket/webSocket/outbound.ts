import { utf8Bytes } from '../../session/payload.ts';

/** What a socket can send. */
export type SocketData = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** What waits between two links, in order and bounded. */
export class Outbound {
  readonly #capBytes: number;
  #waiting: SocketData[] = [];
  bytes = 0;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  /** Keeps a copy of the data, as it is now. False where there is no room. */
  push(data: SocketData): boolean {
    const bytes = sizeOf(data);
    if (this.bytes + bytes > this.#capBytes) return false;
    this.bytes += bytes;
    this.#waiting.push(copyOf(data));
    return true;
  }

  flush(send: (data: SocketData) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.bytes = 0;
    for (const data of waiting) send(data);
  }
}

/** Size on the wire, in bytes. */
export function sizeOf(data: SocketData): number {
  if (typeof data === 'string') return utf8Bytes(data);
  return 'size' in data ? data.size : data.byteLength;
}

function copyOf(data: SocketData): SocketData {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return typeof data === 'string' ? data : data.slice();
}
