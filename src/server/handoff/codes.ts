import type { Clock, MaybePromise } from '../../runtime/ports.ts';
import { systemClock } from '../../runtime/systemPorts.ts';
import { whole } from '../serverOptions.ts';

/**
 * Where codes wait to be redeemed. The default is the process' own memory; where several processes answer for one origin, they
 * share a store: `put` is `SET … PX ttl NX` in Redis, or an insert; `take` is `GETDEL`, or `DELETE … RETURNING`.
 */
export interface HandoffCodes {
  /**
   * Keeps a record for `ttlMs`, and no longer. False where there is no room for it now.
   *
   * @param hash Names it: of the code, which is not kept itself.
   */
  put(hash: string, record: string, ttlMs: number): MaybePromise<boolean>;
  /** Takes a record out, in one atomic step: of several who ask for it, one gets it. Null where there is none. */
  take(hash: string): MaybePromise<string | null>;
}

/** Options of {@link memoryCodes}. */
export interface MemoryCodesOptions {
  /** Codes that wait at once. Default 10,000. */
  readonly count?: number;
  /** Size of all their records together, in bytes as UTF-16 holds them. Default 67,108,864. */
  readonly bytes?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

interface Kept {
  readonly record: string;
  readonly expiresAtMs: number;
}

/**
 * Keeps codes in memory. What has expired is gone with its time, since it holds other people's sessions.
 *
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function memoryCodes(options: MemoryCodesOptions = {}): HandoffCodes {
  const { clock = systemClock } = options;
  const most = {
    count: whole('count', options.count ?? 10_000, 1),
    bytes: whole('bytes', options.bytes ?? 2 ** 26, 1),
  };
  const kept = new Map<string, Kept>();
  let held = 0;
  const remove = (hash: string): Kept | undefined => {
    const found = kept.get(hash);
    if (kept.delete(hash)) held -= weigh(found?.record);
    return found;
  };
  return {
    put(hash, record, ttlMs) {
      const bytes = weigh(record);
      if (kept.has(hash) || kept.size >= most.count || held + bytes > most.bytes) return false;
      kept.set(hash, { record, expiresAtMs: clock.now() + ttlMs });
      held += bytes;
      clock.setTimer(() => void remove(hash), ttlMs, true);
      return true;
    },
    take(hash) {
      const found = remove(hash);
      // A process that stood still finds its timers late.
      return found === undefined || found.expiresAtMs <= clock.now() ? null : found.record;
    },
  };
}

const weigh = (record = ''): number => 2 * record.length;
