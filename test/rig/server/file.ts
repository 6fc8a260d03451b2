import type { IncomingMessage } from 'node:http';
import type { Settings } from '../protocol.ts';
import { contentBytes } from './content.ts';
import { type RouteReply, text } from './reply.ts';

const CHUNK_BYTES = 16_384;
const SIZE_CAP_BYTES = 1_073_741_824;

/** `GET /file?size=&seed=[&pauseMs=]`: made-up bytes with a strong ETag, whole or in part. */
export function fileReply(request: IncomingMessage, query: URLSearchParams, settings: Settings): RouteReply {
  const size = Number(query.get('size') ?? 1_000);
  if (!Number.isInteger(size) || size < 0 || size > SIZE_CAP_BYTES)
    return text(400, 'size: a whole number up to 2^30\n');
  const content = `${query.get('seed') ?? 'seed'} ${settings.fileVersion ?? ''}`.trim();
  const etag = `"${content.replace(/[^\w-]/g, '_')}-${size}${settings.etagSuffix ?? ''}"`;
  const headers = {
    'content-type': 'application/octet-stream',
    etag,
    'accept-ranges': settings.ranges === 'ignored' ? 'none' : 'bytes',
  };
  const part = wantedPart(request, settings, etag, size);
  if (part === 'unsatisfiable') {
    return { ...text(416, ''), headers: { ...headers, 'content-range': `bytes */${size}` } };
  }
  const { start, end } = part ?? { start: 0, end: size };
  return {
    status: part === undefined ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(end - start),
      ...(part === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
    },
    body: chunks(content, start, end, Number(query.get('pauseMs') ?? 0)),
  };
}

/** Half-open, unlike the header's own. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** RFC 9110 §14.2 and §13.1.5: a range that cannot be read, or whose `If-Range` does not hold, is as if not there. */
function wantedPart(
  request: IncomingMessage,
  settings: Settings,
  etag: string,
  size: number,
): Part | 'unsatisfiable' | undefined {
  const ranges = settings.ranges ?? 'honoured';
  const ifRange = request.headers['if-range'];
  if (request.method !== 'GET' || ranges === 'ignored') return undefined;
  if (ifRange !== undefined && ifRange !== etag && ranges !== 'unchecked') return undefined;
  const part = parseRange(request.headers.range, size);
  return ranges === 'shifted' && typeof part === 'object' && part.start + 1 < part.end
    ? { start: part.start + 1, end: part.end }
    : part;
}

/** One range of bytes. Several at once are answered with the whole, as the RFC allows. */
export function parseRange(header: string | undefined, size: number): Part | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '')
    return size > 0 && Number(last) > 0 ? { start: Math.max(0, size - Number(last)), end: size } : 'unsatisfiable';
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  return start < size ? { start, end } : 'unsatisfiable';
}

async function* chunks(seed: string, start: number, end: number, pauseMs: number): AsyncGenerator<Uint8Array> {
  for (let offset = start; offset < end; offset += CHUNK_BYTES) {
    if (pauseMs > 0 && offset > start) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    yield contentBytes(seed, offset, Math.min(offset + CHUNK_BYTES, end));
  }
}
