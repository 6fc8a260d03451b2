import { DEFAULTS } from './defaults.ts';
import type { Epoch } from './epochFence.ts';
import { scanHost } from './host.ts';

/** What a server says of itself in response headers. All are optional, and none is trusted beyond the pool's own hosts. */
export interface Hints {
  /** `Switchover-Role`. */
  readonly role: 'active' | 'standby' | 'draining' | null;
  /** `Switchover-Active`: origin of the host that is active now, in the form of `Host.origin`. It may be an unlisted one. */
  readonly active: string | null;
  /** `Switchover-Epoch`: `<cluster>;<integer>`. */
  readonly epoch: Epoch | null;
  /** `Switchover-Retry-Window`: spread retries and reconnects over this time, in milliseconds; at most an hour. */
  readonly retryWindowMs: number | null;
}

/** The hints of a server that gives none. */
export const NO_HINTS: Hints = Object.freeze({ role: null, active: null, epoch: null, retryWindowMs: null });

/**
 * Reads the `Switchover-*` headers of a response. A malformed value counts as absent: a hint may be lost, not an answer.
 * A server that gives any hint says its role; so one look is enough for all answers that give none.
 *
 * @param header Gives a header's value by its lower-case name, or null.
 * @returns {@link NO_HINTS}, always the same object, where the response has none of them.
 */
export function readHints(header: (name: string) => string | null): Hints {
  const role = header('switchover-role');
  if (role === null) return NO_HINTS;
  const active = header('switchover-active');
  const epoch = header('switchover-epoch');
  const seconds = header('switchover-retry-window');
  return {
    role: role === 'active' || role === 'standby' || role === 'draining' ? role : null,
    active: active === null ? null : (scanHost(active)?.origin ?? null),
    epoch: epoch === null ? null : readEpoch(epoch),
    retryWindowMs:
      seconds !== null && /^\d+$/.test(seconds) ? Math.min(DEFAULTS.retryAfter.capMs, Number(seconds) * 1000) : null,
  };
}

/** Names of clusters are short and plain, so that they can be kept and shown anywhere. */
function readEpoch(text: string): Epoch | null {
  const [, cluster, digits] = /^([\w.:-]{1,64}); ?(\d{1,16})$/.exec(text) ?? [];
  const number = Number(digits);
  return cluster !== undefined && Number.isSafeInteger(number) ? { cluster, number } : null;
}
