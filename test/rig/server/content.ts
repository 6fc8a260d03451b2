/** One step of a 32-bit mixer (the finaliser of MurmurHash3): near inputs give unlike outputs. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return mix(hash);
}

/**
 * The bytes `[start, end)` of the endless file that belongs to `seed`: the same in every process, and to be had from any
 * offset, so that a test can tell a resumed body from a repeated or a foreign one.
 */
export function contentBytes(seed: string, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  const key = hashText(seed);
  let word = 0;
  for (let index = start; index < end; index += 1) {
    if (index === start || index % 4 === 0) word = mix(key ^ Math.imul((index >>> 2) + 1, 0x9e3779b1));
    bytes[index - start] = word >>> (8 * (index % 4));
  }
  return bytes;
}
