/** A message's payload as it is kept and sent: plain data, so that a state that holds it can be stored as JSON. */
export interface Payload {
  /** JSON text, or bytes in base64. */
  readonly text: string;
  /** True for bytes. */
  readonly binary: boolean;
}

/** How deep arrays and objects of a payload may be nested. */
export const PAYLOAD_DEPTH = 64;

/** Wraps a value for sending: bytes as they are, anything else as JSON. Null where JSON has no form for it, or it is nested too deep. */
export function payloadOf(data: unknown): Payload | null {
  if (data instanceof Uint8Array) return { text: toBase64(data), binary: true };
  try {
    const text: string | undefined = JSON.stringify(data);
    return text === undefined || !isShallow(text, PAYLOAD_DEPTH) ? null : { text, binary: false };
  } catch {
    // A cycle, a BigInt, a `toJSON` that throws.
    return null;
  }
}

/** True for a JSON text that is nested at most so deep. Looked at before it is parsed: not every engine's parser survives any depth. */
export function isShallow(text: string, most: number): boolean {
  // Too short for more brackets than that.
  if (text.length <= most) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfText(text, at);
    // Opening and closing brackets differ from their braces by one bit.
    else if ((code | 32) === 123 && ++depth > most) return false;
    else if ((code | 32) === 125) depth--;
  }
  return true;
}

/** Where the quoted text ends that begins at `from`: at a quote with an even number of backslashes before it. */
function endOfText(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === 92) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** What a payload weighs on the wire, in bytes. */
export function payloadBytes({ text, binary }: Payload): number {
  return binary ? base64Bytes(text) : utf8Bytes(text);
}

/** Bytes of a text in UTF-8. A surrogate without its partner counts as the replacement character does. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) bytes += code > 0x7ff ? 2 : 1;
    // A pair of surrogates was counted as 3 + 3 and takes 4.
    if (code >> 10 === 0x36 && text.charCodeAt(at + 1) >> 10 === 0x37) bytes -= 2;
  }
  return bytes;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64Bytes(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const word = (a << 16) | (b << 8) | c;
    for (const shift of [18, 12, 6, 0]) text += DIGITS.charAt((word >> shift) & 63);
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return missing === 0 ? text : text.slice(0, -missing) + '=='.slice(0, missing);
}

/** Writes the bytes of a base64 text behind a header of ASCII. */
export function withBytes(header: string, text: string): Uint8Array<ArrayBuffer> {
  const start = header.length;
  const bytes = new Uint8Array(start + base64Bytes(text));
  for (let at = 0; at < start; at++) bytes[at] = header.charCodeAt(at);
  let word = 0;
  for (let at = 0; at < text.length; at++) {
    word = (word << 6) | (DIGITS.indexOf(text.charAt(at)) & 63);
    if (at % 4 === 3) {
      const to = start + (at >> 2) * 3;
      bytes.set([word >> 16, (word >> 8) & 255, word & 255].slice(0, bytes.length - to), to);
      word = 0;
    }
  }
  return bytes;
}
