/**
 * Whether a body is what `integrity` promises: of the hashes of the strongest kind, one is the body's (Subresource Integrity, 3.3.5).
 * This is for the worker to know that another origin has to be asked; the browser checks what the worker gives once more.
 */
export async function isIntact(body: ArrayBuffer, integrity: string): Promise<boolean> {
  const bits = ['512', '384', '256'].find((each) => integrity.includes(`sha${each}-`));
  if (bits === undefined) return true;
  const digest = await crypto.subtle.digest(`SHA-${bits}`, body);
  const wanted = `sha${bits}-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
  // What may stand behind a question mark are options, of which there are none yet.
  return integrity.split(/\s+/).some((each) => each.split('?')[0] === wanted);
}
