import type { Random } from '../runtime/ports.ts';
import { IDEMPOTENCY_KEY } from './requestParts.ts';

/** The headers with a key, unless they carry one already. */
export function withIdempotencyKey(headers: HeadersInit | undefined, key: string | true, random: Random): Headers {
  const keyed = new Headers(headers);
  if (!keyed.has(IDEMPOTENCY_KEY)) keyed.set(IDEMPOTENCY_KEY, key === true ? freshKey(random) : key);
  return keyed;
}

/** 128 random bits in the form of a UUID (RFC 9562, version 4). */
function freshKey(random: Random): string {
  const digits = Array.from({ length: 32 }, (_, at) =>
    at === 12 ? '4' : Math.floor(at === 16 ? 8 + random() * 4 : random() * 16).toString(16),
  ).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
