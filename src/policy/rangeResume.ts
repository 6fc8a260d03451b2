/** A response's head, as far as a body's continuation depends on it. Every `Response` is one. */
export interface ResponseHead {
  readonly status: number;
  /** `basic` where every header can be read. A cross-origin answer may show its length and hide its content coding. */
  readonly type: string;
  readonly headers: { get(name: string): string | null };
}

/** Which bytes a body consists of, and what vouches for them. */
export interface BodyExtent {
  /** Position of its first byte in the whole representation. */
  readonly start: number;
  /** How many bytes it has; NaN where its head does not say. */
  readonly size: number;
  /** False where the size may count encoded bytes, so that another number of them is no fault. */
  readonly sure: boolean;
  /** Size of the whole, as `Content-Range` gave it; undefined where the body is the whole. */
  readonly total: string | undefined;
  /** The strong ETag that promises the same bytes again (RFC 9110 §8.8.1); null where the body can't be continued. */
  readonly tag: string | null;
}

/** Reads which bytes a response's body consists of. */
export function readExtent({ status, type, headers }: ResponseHead): BodyExtent {
  const partial = status === 206;
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(.+)/.exec((partial && headers.get('content-range')) || '') ?? [];
  const length = partial ? Number(last) + 1 - Number(first) : Number.parseInt(headers.get('content-length') ?? '', 10);
  // What arrives was decoded, so that neither lengths nor positions fit the server's.
  const plain = /^(identity)?$/.test(headers.get('content-encoding') ?? '');
  const tag = headers.get('etag');
  const mayContinue = plain && (status === 200 || total !== undefined) && tag?.[0] === '"';
  return {
    start: Number(first ?? 0),
    size: plain ? length : Number.NaN,
    sure: plain && type === 'basic',
    total,
    tag: mayContinue ? tag : null,
  };
}

/** False where bytes are missing at the end, or too many. */
export function isComplete({ sure, size }: BodyExtent, delivered: number): boolean {
  return !sure || Number.isNaN(size) || delivered === size;
}

/** The headers that ask for the rest of a body of which `delivered` bytes have come (RFC 9110 §13.1.5, §14.2), or null. */
export function rangeHeaders({ tag, start, size }: BodyExtent, delivered: number): Record<string, string> | null {
  if (tag === null || !(delivered > 0) || delivered >= size) return null;
  return { range: `bytes=${start + delivered}-${Number.isNaN(size) ? '' : start + size - 1}`, 'if-range': tag };
}

/**
 * The extent of a body that `answer` continues after `delivered` bytes, or null where it does not. Servers answer 206 with other
 * ranges, with other files, and unasked (undici#3356, undici#4970): every number and the ETag must be the expected one.
 */
export function continuedBy(answer: ResponseHead, extent: BodyExtent, delivered: number): BodyExtent | null {
  const { start, size, total, tag } = extent;
  const { tag: sameTag, total: found } = readExtent(answer);
  const whole = size || Number(found);
  const expected = `bytes ${start + delivered}-${start + whole - 1}/${total ?? whole}`;
  return tag === sameTag && answer.headers.get('content-range') === expected
    ? { ...extent, size: whole, sure: true }
    : null;
}

/**
 * True where `answer` may stand for a response whose body nobody has seen yet, but whose head was handed out: the same in all
 * that describes the body.
 */
export function replaces(answer: ResponseHead, first: ResponseHead): boolean {
  const same = (name: string) => answer.headers.get(name) === first.headers.get(name);
  return (
    answer.status === first.status &&
    same('content-type') &&
    same('content-range') &&
    (first.headers.get('etag') === null || same('etag'))
  );
}
