import { createHash } from 'node:crypto';
import type { Failover } from '../../../src/index.node.ts';
import { SwitchoverError } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import { contentBytes } from '../../rig/server/content.ts';

/** Up to here the clients of the matrix hold a request's stream in memory. */
export const BUFFER_CAP_BYTES = 100_000;
/** One below the cap, one above it. */
const UPLOAD_BYTES = 60_000;
const BIG_UPLOAD_BYTES = 400_000;
const DOWNLOAD_BYTES = 250_000;

/** A request of the matrix: what is sent, and what an answer to it must hold. */
export interface RequestKind {
  readonly name: string;
  /** True where it may be sent again after it may have been processed. */
  readonly replayable: boolean;
  /** Sends it and reads its answer to the end. Gives who answered: `a`, `b`, or a status that is not 200. */
  send(failover: Failover, id: string): Promise<string>;
  /** How often a server has done what it asks for. */
  timesOn(server: Server, id: string): number;
}

const GET: RequestKind = {
  name: 'GET',
  replayable: true,
  send: (failover, id) => work(failover, id, {}, ''),
  timesOn: timesProcessed,
};

const POST: RequestKind = {
  name: 'POST',
  replayable: false,
  send: (failover, id) => work(failover, id, { method: 'POST', body: 'text' }, 'text'),
  timesOn: timesProcessed,
};

const POST_WITH_KEY: RequestKind = {
  name: 'POST+key',
  replayable: true,
  send: (failover, id) =>
    work(failover, id, { method: 'POST', body: 'text', failover: { idempotencyKey: true } }, 'text'),
  timesOn: timesProcessed,
};

const UPLOAD: RequestKind = {
  name: 'upload',
  replayable: true,
  send: (failover, id) => upload(failover, id, UPLOAD_BYTES),
  timesOn: timesProcessed,
};

/** It has a key too, but its bytes can be had only once. */
const BIG_UPLOAD: RequestKind = {
  name: 'big upload',
  replayable: false,
  send: (failover, id) => upload(failover, id, BIG_UPLOAD_BYTES),
  timesOn: timesProcessed,
};

const DOWNLOAD: RequestKind = { name: 'download', replayable: true, send: download, timesOn: timesReceived };

export const KINDS: readonly RequestKind[] = [GET, POST, POST_WITH_KEY, UPLOAD, BIG_UPLOAD, DOWNLOAD];

/** What came of a request: who answered, or an error's code. */
export async function outcomeOf(kind: RequestKind, failover: Failover, id: string): Promise<string> {
  try {
    return await kind.send(failover, id);
  } catch (error) {
    if (!SwitchoverError.is(error)) throw error;
    return error.code;
  }
}

function timesProcessed(server: Server, id: string): number {
  return server.processed().get(id) ?? 0;
}

/** A download is no work; what counts is how often it was asked for. */
function timesReceived(server: Server, id: string): number {
  return server.counts().received.filter((request) => request.id === id).length;
}

async function work(failover: Failover, id: string, init: RequestInit, body: string | Uint8Array): Promise<string> {
  const response = await failover.fetch('/work', { ...init, headers: { 'x-request-id': id } });
  if (response.status !== 200) {
    await response.text();
    return String(response.status);
  }
  const answer = (await response.json()) as { server: string; sha256: string };
  if (answer.sha256 !== createHash('sha256').update(body).digest('hex')) throw new Error(`${id}: another body came`);
  return answer.server;
}

function upload(failover: Failover, id: string, bytes: number): Promise<string> {
  const body = contentBytes(id, 0, bytes);
  const init = { method: 'POST', body: streamOf(body), duplex: 'half', failover: { idempotencyKey: true } } as const;
  return work(failover, id, init, body);
}

async function download(failover: Failover, id: string): Promise<string> {
  const url = `/file?size=${DOWNLOAD_BYTES}&seed=${id}`;
  const response = await failover.fetch(url, { headers: { 'x-request-id': id } });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk);
  if (response.status !== 200) return String(response.status);
  const expected = contentBytes(id, 0, DOWNLOAD_BYTES);
  if (!Buffer.concat(chunks).equals(expected)) throw new Error(`${id}: other bytes came`);
  return response.headers.get('switchover-instance')?.split('-')[0] ?? 'nobody';
}

/** Bytes as a stream, in pieces, as from a file. */
export function streamOf(bytes: Uint8Array, pieceBytes = 16_384): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset + pieceBytes));
      offset += pieceBytes;
    },
  });
}
