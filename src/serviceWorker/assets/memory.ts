import type { FetchEvent } from '../events.ts';

/** `doubted`: it failed a short while ago, so others are asked first. `trial`: the same, but this once it is to be tried. */
export type Doubt = 'none' | 'trial' | 'doubted';

/** What is known of origins that serve files. */
export interface AssetHealth {
  /** Resolves when what outlived the last worker has been read. Default: nothing has. */
  load?(): Promise<void>;
  doubtOf(origin: string): Doubt;
  /** It gave no answer, or one that says that nobody is there, and another origin has answered. */
  failed(origin: string, event: FetchEvent): void;
  served(origin: string): void;
}

/** After this, in milliseconds, one request tries an origin that failed. */
const TRIAL_MS = 30_000;

/** Remembers for as long as the worker lives. */
export function assetMemory(now: () => number = () => performance.now()): AssetHealth {
  const failedAt = new Map<string, number>();
  return {
    doubtOf(origin) {
      const at = failedAt.get(origin);
      if (at === undefined) return 'none';
      if (now() - at < TRIAL_MS) return 'doubted';
      // One request finds out how it is; to the others it is as it was.
      failedAt.set(origin, now());
      return 'trial';
    },
    failed: (origin) => void failedAt.set(origin, now()),
    served: (origin) => void failedAt.delete(origin),
  };
}
