import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { abortable } from './abortable.ts';
import { joinBytes } from './bytes.ts';
import type { BodyPart, SentBody } from './sentBody.ts';
import { asStream, type BodyReader, bytesOf, nextChunk, StreamedBody } from './streamBody.ts';

/**
 * Holds streams up to a cap in memory, so that they can be sent again and have a Content-Length.
 *
 * @param capBytes Default 1 MiB. A longer stream is sent once.
 */
export function bufferedBodies(capBytes: number = DEFAULTS.body.bufferCapBytes): BodyPart {
  return (request, init, signal) => prepareBody(request, init, capBytes, signal);
}

const NO_BODY: SentBody = { body: undefined, replayable: true };

/**
 * Makes a request's body sendable more than once, where it fits: a stream that ends within `capBytes` becomes bytes (so that
 * it has a Content-Length), a longer one stays a stream and is sent once. With a cap of 0 nothing is read ahead,
 * for bodies that are produced while they are sent. Answers at once unless something has to be read.
 *
 * @param request The input of the `fetch`, where it was a `Request`; its body is used up, as `fetch` would.
 * @param init The caller's own init: a body in it wins over the `Request`'s.
 * @param capBytes How much of a stream is held at most, and up to which size a buffer is copied.
 * @throws {SwitchoverError} INVALID_REQUEST where the body was read already; the signal's reason once it is aborted.
 */
export function prepareBody(
  request: Request | null,
  init: RequestInit | undefined,
  capBytes: number,
  signal: AbortSignal | undefined,
): SentBody | Promise<SentBody> {
  const given: unknown = init?.body ?? undefined;
  if (given === undefined) return request ? ofRequest(request, capBytes, signal) : NO_BODY;
  const stream = asStream(given);
  return stream
    ? ofStream(unused(stream), capBytes, signal)
    : { body: snapshot(given, capBytes) as BodyInit, replayable: true };
}

/** The caller may reuse a buffer as soon as `fetch` has returned, and another attempt comes later: so it is copied. */
function snapshot(given: unknown, capBytes: number): unknown {
  const view = given instanceof ArrayBuffer ? new Uint8Array(given) : ArrayBuffer.isView(given) && bytesOf(given);
  return view && view.byteLength <= capBytes ? view.slice() : given;
}

/** The one standard way to ask whether a stream was read from, which `locked` does not tell. */
function unused(stream: ReadableStream<unknown>): ReadableStream<unknown> {
  try {
    new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>);
    return stream;
  } catch (cause) {
    throw usedBody(cause);
  }
}

function usedBody(cause?: unknown): SwitchoverError {
  return new SwitchoverError('INVALID_REQUEST', 'The request body was read already.', {
    remedy: 'Give each request a body of its own.',
    cause,
  });
}

function ofRequest(request: Request, capBytes: number, signal: AbortSignal | undefined): SentBody | Promise<SentBody> {
  const { body, method } = request;
  if (request.bodyUsed || body?.locked) throw usedBody();
  if (body === null || method === 'GET' || method === 'HEAD') return NO_BODY;
  const inBrowser = typeof document === 'object' || 'importScripts' in globalThis;
  // Browsers send streams over HTTP/2 at best, and can keep a Blob out of memory. Firefox and React Native give no stream.
  return body && !inBrowser ? ofStream(body, capBytes, signal) : abortable(ofWholeRequest(request, inBrowser), signal);
}

/** What React Native's `Request` (whatwg-fetch) keeps of its init. */
interface GivenBody {
  readonly _bodyInit?: BodyInit | null;
}

async function ofWholeRequest(request: Request & GivenBody, inBrowser: boolean): Promise<SentBody> {
  try {
    // As it was given: a form or a Blob of the phone's can't be read as bytes.
    if ('_bodyInit' in request) return { body: request._bodyInit, replayable: true };
    if (inBrowser) {
      // A slice has no type. The type that counts is in the headers; the Blob's is in lower case, which breaks a boundary.
      return { body: (await request.blob()).slice(), replayable: true };
    }
    // Polyfills read text as text, buffers as buffers, and forms not at all.
    const textual = /^text|json|xml|urlencoded/.test(request.headers.get('content-type') ?? '');
    return { body: await (textual ? request.text() : request.arrayBuffer()), replayable: true };
  } catch (cause) {
    throw new SwitchoverError('INVALID_REQUEST', "The Request's body can't be read on this platform.", {
      remedy: 'Give the body to fetch in its init, not in a Request.',
      cause,
    });
  }
}

function ofStream(
  stream: ReadableStream<unknown>,
  capBytes: number,
  signal: AbortSignal | undefined,
): SentBody | Promise<SentBody> {
  const reader = stream.getReader();
  if (!capBytes) return new StreamedBody(undefined, reader);
  return abortable(buffered(reader, capBytes), signal, (reason) => reader.cancel(reason));
}

async function buffered(reader: BodyReader, capBytes: number): Promise<SentBody> {
  let held: Uint8Array[] = [];
  for (let size = 0; size <= capBytes; ) {
    const chunk = await nextChunk(reader);
    if (!chunk) return { body: joinBytes(held) as BodyInit, replayable: true };
    size += chunk.byteLength;
    // Copied, for whoever made it may use it again; and joined, for many tiny chunks take far more memory than their bytes.
    if (held.push(chunk.slice()) > 999) held = [joinBytes(held)];
  }
  return new StreamedBody(joinBytes(held), reader);
}
