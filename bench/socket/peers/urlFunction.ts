/** What users of a reconnecting socket write for a second host: each attempt asks for the next address. */
export function alternating(hosts: readonly [string, string]): () => string {
  let attempts = 0;
  return () => webSocketUrl(hosts[attempts++ % 2 === 0 ? 0 : 1]);
}

export const webSocketUrl = (origin: string): string => origin.replace(/^http/, 'ws');
