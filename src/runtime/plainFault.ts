/** How the platforms begin when they say no more than "it failed": Chromium, Firefox, WebKit, React Native, Node, Deno, Bun. */
const FAILED =
  /^(failed to fetch|(load|fetch) failed|network|the (internet|network|request t)|could not c|an? (server|ssl|net)|error (send|read)|e(conn|host|net|proto|timed)|getaddr)/i;

/**
 * Tells a network that failed from arguments that no host could take, by the message of what `fetch` rejected with: browsers say
 * no more. On Node it is the safe side: whatever failed may have been processed. See `networkFault` of `switchover/node`.
 */
export function plainFault(error: unknown): 'network' | null {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return FAILED.test(message) ? 'network' : null;
}
