import type { Hints } from './hints.ts';

/** Why no (whole) answer came. `network` is all that browsers say. */
export type Fault =
  | 'refused'
  | 'unreachable'
  | 'dns'
  | 'tls'
  | 'connect-timeout'
  | 'reset'
  | 'network'
  /** No first byte in time. */
  | 'timeout'
  /** A response body stopped coming. */
  | 'stalled'
  /** A response body ended too early. */
  | 'broken-body';

/** How one attempt ended, as an adapter saw it. */
export type AttemptEnd =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly hints: Hints;
    }
  | { readonly kind: 'failure'; readonly fault: Fault };

/**
 * What an attempt's end means: who is blamed, and where the request may go.
 *
 * `processed` is `no` only where the server provably did no work: then any request may be sent again, and the retry is
 * not charged to the budget, since it can't add load to a busy server.
 */
export type Outcome =
  | { readonly kind: 'ok' }
  | {
      readonly kind: 'host-fault';
      readonly cause: string;
      readonly processed: 'no' | 'maybe';
      readonly answered: boolean;
    }
  | { readonly kind: 'app-fault'; readonly cause: string }
  | { readonly kind: 'not-active'; readonly cause: string; readonly processed: 'no' | 'maybe' }
  | { readonly kind: 'busy'; readonly cause: string; readonly processed: 'no' | 'maybe'; readonly waitMs: number }
  | { readonly kind: 'local-fault'; readonly cause: string; readonly processed: 'no' | 'maybe' };

/** Faults before the request's first byte could leave: the connection never stood. */
const UNSENT: ReadonlySet<Fault> = new Set(['refused', 'unreachable', 'dns', 'tls', 'connect-timeout']);

const OK: Outcome = { kind: 'ok' };

/** What the classification must know beside the attempt itself. */
export interface OutcomeContext {
  /** False while this side, not a host, is the likely culprit: offline, or every host began to fail at once. */
  readonly online: boolean;
  /** True when the answer's epoch is below one already seen: it comes from a host that lost its role. */
  readonly stale: boolean;
}

/** Classifies an attempt's end by the table of ARCHITECTURE.md, "What an attempt's end means". */
export function outcomeOf(end: AttemptEnd, context: OutcomeContext): Outcome {
  if (end.kind === 'failure') return failureOutcome(end.fault, context.online);
  const { status } = end;
  if (context.stale) return { kind: 'not-active', cause: 'stale epoch', processed: 'maybe' };
  if (status < 500 && status !== 421 && status !== 429) return OK;
  const cause = `http ${status}`;
  const { role } = end.hints;
  if ((status === 503 || status === 421) && role === 'standby') {
    return { kind: 'not-active', cause: role, processed: 'no' };
  }
  // It may have begun the work before it began to shut down.
  if (status === 503 && role === 'draining') return { kind: 'not-active', cause: role, processed: 'maybe' };
  if (status === 421) return OK;
  if (status === 429) return { kind: 'busy', cause, processed: 'no', waitMs: end.retryAfterMs ?? 0 };
  if (status === 503 && end.retryAfterMs !== null) {
    return { kind: 'busy', cause, processed: 'maybe', waitMs: end.retryAfterMs };
  }
  return isGatewayFault(status)
    ? { kind: 'host-fault', cause, processed: 'maybe', answered: true }
    : { kind: 'app-fault', cause };
}

/** 502, 503 and 504, and the 52x by which content networks say that the origin behind them is gone. */
function isGatewayFault(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 527);
}

function failureOutcome(fault: Fault, online: boolean): Outcome {
  const processed = UNSENT.has(fault) ? 'no' : 'maybe';
  return online
    ? { kind: 'host-fault', cause: fault, processed, answered: fault === 'stalled' || fault === 'broken-body' }
    : { kind: 'local-fault', cause: fault, processed };
}
