/** A fencing number: of two servers of one cluster, the one with the higher number became active later. */
export interface Epoch {
  /** Whose numbers these are: numbers of two clusters say nothing of each other. 1 to 64 letters, digits and `_ . : -`. */
  readonly cluster: string;
  /** Higher with each change of the active server. A safe integer, 0 or more. */
  readonly number: number;
}

/** By cluster, the highest epoch that was seen of late, and when. Plain data, so that it can be stored. */
export type EpochFence = Readonly<Record<string, { readonly number: number; readonly seenMs: number }>>;

/** How many clusters are remembered; the one that was silent longest goes. */
const CLUSTERS = 16;

/** A sighting is noted again only when the last note is older, so that steady traffic leaves the fence as it is. */
const GRAIN_MS = 1_000;

/**
 * Holds an answer's epoch against those seen before.
 *
 * `stale` means: another server of the same cluster has taken over since, so this one has lost its role, even if it does
 * not know it yet (a split brain), and its answer must not be followed. That holds for `forMs` after the higher epoch was
 * last seen, to about a second; then the lower one is accepted, since a counter that was reset must not lock clients out.
 *
 * @param nowMs On the same clock as all calls before. If it was set back or forward by over `forMs`, the fence opens.
 * @returns `fence` is the same reference where nothing worth noting changed.
 */
export function observeEpoch(
  fence: EpochFence,
  epoch: Epoch,
  nowMs: number,
  forMs: number,
): { readonly fence: EpochFence; readonly stale: boolean } {
  const { cluster, number } = epoch;
  // A name that the prototype has, as `constructor`, gives a value without numbers: every comparison below is false.
  const known = fence[cluster];
  if (known !== undefined) {
    const ageMs = Math.abs(nowMs - known.seenMs);
    if (number < known.number && ageMs < forMs) return { fence, stale: true };
    if (number === known.number && ageMs <= GRAIN_MS) return { fence, stale: false };
  }
  const others = Object.entries(fence).filter(([name]) => name !== cluster);
  others.sort(([, a], [, b]) => b.seenMs - a.seenMs);
  // `fromEntries` defines properties where assignment would call setters, so `__proto__` is a name like any other.
  return {
    fence: Object.fromEntries([[cluster, { number, seenMs: nowMs }], ...others.slice(0, CLUSTERS - 1)]),
    stale: false,
  };
}
