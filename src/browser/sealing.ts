import { SEALED } from '../site/names.ts';

/** What AES-GCM is meant to be used with. */
const IV_BYTES = 12;

/** More arguments at once than this are too many for some engines. */
const CHUNK = 8_192;

/** True for a text that {@link sealText} has made, or that claims so. */
export const isSealed = (text: string): boolean => text.startsWith(SEALED);

/** Encrypts a value under the name of its place. */
export async function sealText(key: CryptoKey, name: string, value: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, name), key, new TextEncoder().encode(value));
  const bytes = new Uint8Array(IV_BYTES + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), IV_BYTES);
  return SEALED + toBase64(bytes);
}

/** The value of a sealed text; an empty one where the key, the name or the text is another one. */
export async function openText(key: CryptoKey, name: string, text: string): Promise<string> {
  try {
    const bytes = fromBase64(text.slice(SEALED.length));
    const value = await crypto.subtle.decrypt(algorithm(bytes.slice(0, IV_BYTES), name), key, bytes.slice(IV_BYTES));
    return new TextDecoder().decode(value);
  } catch {
    return '';
  }
}

const algorithm = (iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(name),
});

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
