import type { KeyValueStore } from '../runtime/ports.ts';

/** A text that lies in one place. */
const WHOLE = '=';
/** A text in pieces: `+<generation>.<count>`, and each piece under `<key>.<generation>.<number>`. */
const SPLIT = /^\+([ab])\.(\d{1,4})$/;

/**
 * Splits what is longer than a store takes. The pieces lie under keys of their own, and the one under the text's own key, which is
 * written last, says which they are: a crash at any point leaves a whole old or a whole new text.
 *
 * @param maxBytes How many bytes of UTF-8 the store takes under one key.
 */
export function inPieces(store: KeyValueStore, maxBytes: number): KeyValueStore {
  const headOf = async (key: string): Promise<RegExpExecArray | null> => SPLIT.exec((await store.get(key)) ?? '');
  const drop = async (key: string, head: RegExpExecArray | null): Promise<void> => {
    for (const name of namesOf(key, head)) await store.delete(name);
  };
  return {
    async get(key) {
      const text = await store.get(key);
      if (text?.startsWith(WHOLE)) return text.slice(WHOLE.length);
      const parts = await Promise.all(namesOf(key, SPLIT.exec(text ?? '')).map((name) => store.get(name)));
      return parts.length === 0 || parts.includes(undefined) ? undefined : parts.join('');
    },
    async set(key, value) {
      const old = await headOf(key);
      const parts = split(value, maxBytes - WHOLE.length);
      const generation = old?.[1] === 'a' ? 'b' : 'a';
      const head = parts.length > 1 ? `+${generation}.${parts.length}` : `${WHOLE}${value}`;
      const names = namesOf(key, SPLIT.exec(head));
      for (const [at, name] of names.entries()) await store.set(name, parts[at] ?? '');
      await store.set(key, head);
      await drop(key, old);
    },
    async delete(key) {
      const old = await headOf(key);
      await store.delete(key);
      await drop(key, old);
    },
  };
}

function namesOf(key: string, head: RegExpExecArray | null): readonly string[] {
  const [, generation, count] = head ?? [];
  return Array.from({ length: Number(count ?? 0) }, (_, at) => `${key}.${generation}.${at}`);
}

/** By whole characters: half of a surrogate pair is no text that a store could hold. */
function split(text: string, maxBytes: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of text) {
    const size = bytesOf(character);
    if (bytes + size > maxBytes) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part];
}

/** In UTF-8. */
function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}
