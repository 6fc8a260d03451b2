/** ASN.1 in its distinguished encoding (ITU-T X.690): no more of it than a certificate needs. */

const TAG = { boolean: 1, integer: 2, bits: 3, octets: 4, identifier: 6, utf8: 12, utcTime: 23, sequence: 48, set: 49 };

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(TAG.sequence, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return tagged(TAG.set, ...parts);
}

/** A positive whole number, given as bytes, most significant first, or as a small number. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === 'number' ? Buffer.of(value) : Buffer.from(value);
  const isNegative = (bytes[0] ?? 0) >= 0x80;
  return tagged(TAG.integer, ...(isNegative ? [Buffer.of(0)] : []), bytes);
}

export function boolean(value: boolean): Buffer {
  return tagged(TAG.boolean, Buffer.of(value ? 0xff : 0));
}

export function octets(content: Uint8Array): Buffer {
  return tagged(TAG.octets, content);
}

export function bits(content: Uint8Array, unusedBits = 0): Buffer {
  return tagged(TAG.bits, Buffer.of(unusedBits), content);
}

export function utf8(text: string): Buffer {
  return tagged(TAG.utf8, Buffer.from(text));
}

/** To the second, for years from 1950 to 2049. */
export function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(TAG.utcTime, Buffer.from(`${digits}Z`));
}

/** An object identifier in dotted form, such as `2.5.4.3`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(TAG.identifier, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** `[number]` of the context, constructed. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return tagged(0xa0 + number, content);
}

/** `[number]` of the context, primitive. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return tagged(0x80 + number, content);
}

function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

/** Seven bits a byte, most significant first; all but the last carry the high bit. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}
