import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const KEPT_BYTES = 65_536;

/** A request's body, read to its end. */
export interface ReadBody {
  readonly bytes: number;
  readonly sha256: string;
  /** Its first 64 KiB, as text. */
  readonly start: string;
  /** How the client said where it ends. */
  readonly framing: 'content-length' | 'chunked' | 'none';
}

/** Reads the whole body. Rejects where the client breaks off. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (bytes < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - bytes));
    bytes += chunk.length;
  }
  return {
    bytes,
    sha256: hash.digest('hex'),
    start: Buffer.concat(kept).toString('utf8'),
    framing: framingOf(request),
  };
}

function framingOf(request: IncomingMessage): ReadBody['framing'] {
  if (request.headers['transfer-encoding'] !== undefined) return 'chunked';
  return request.headers['content-length'] === undefined ? 'none' : 'content-length';
}
