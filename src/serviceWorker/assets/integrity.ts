/**
 * Whether a body is what `integrity` promises: of the hashes of the strongest kind, one is the body's (Subresource Integrity, 3.3.5).
 * This is for the worker to know that another origin has to be asked; the browser checks what the worker gives once more.
 */
export async function isIntact(body: ArrayBuffer, integrity: string): Promise<boolean> {
  // Sorted, the strongest is the last.
  const kind = integrity
    .match(/sha(256|384|512)-/g)
    ?.sort()
    .pop();
  if (kind === undefined) return true;
  const digest = await crypto.subtle.digest(`sha-${kind.slice(3, 6)}`, body);
  return integrity.includes(kind + btoa(String.fromCharCode(...new Uint8Array(digest))));
}
