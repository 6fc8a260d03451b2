/**
 * Ranks nodes for one key by weighted rendezvous hashing: every client finds the same order without talking to anybody.
 * When a node leaves, its keys go to their second choices, evenly over the rest, and no other key moves; when it
 * returns, exactly those come back. A node's share of keys is its share of the weights.
 *
 * @param nodes `weight` is at least 0; nodes of weight 0 come last. Their order here means nothing.
 * @returns Every id, best first.
 * @see Schindelhauer and Schomaker, "Weighted distributed hash tables" (2005), the logarithmic method
 */
export function rankByAffinity(
  key: string,
  nodes: readonly { readonly id: string; readonly weight: number }[],
): string[] {
  const scored = nodes.map(({ id, weight }) => {
    const draw = (hash32(`${key}\n${id}`) + 0.5) / 2 ** 32;
    // The draw settles the order among nodes of weight 0.
    return { id, score: weight > 0 ? -weight / Math.log(draw) : draw - 1 };
  });
  return scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** FNV-1a over UTF-16 units, then murmur3's finaliser, without which names that differ at their end rank alike. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
