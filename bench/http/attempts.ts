/** Counts what is sent, whether or not it arrives: every client here comes to the global `fetch` in the end. */
export interface Attempts {
  /** How often this path was asked for, at any host. */
  sent(path: string): number;
  /** The platform's own `fetch` again. */
  stop(): void;
}

export function countAttempts(): Attempts {
  const platformFetch = globalThis.fetch;
  const counts = new Map<string, number>();
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // algolia's transporter adds its own name to the query.
    url.searchParams.delete('x-algolia-agent');
    const path = url.pathname + url.search;
    counts.set(path, (counts.get(path) ?? 0) + 1);
    return platformFetch(input, init);
  };
  return {
    sent: (path) => counts.get(path) ?? 0,
    stop() {
      globalThis.fetch = platformFetch;
    },
  };
}
