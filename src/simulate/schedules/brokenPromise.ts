/** Thrown at the very event that breaks what docs/protocol.md promises. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

export function broken(what: string): never {
  throw new BrokenPromise(what);
}
