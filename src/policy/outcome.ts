import type { Hints } from './hints.ts';

/** Why no (whole) answer came. `network` is all that browsers say. */
export type Fault =
  /** Nobody listens there. */
  | 'refused'
  /** No way leads there. */
  | 'unreachable'
  /** The name has no address. */
  | 'dns'
  /** No secure connection: a certificate that is not trusted, say. */
  | 'tls'
  /** No connection in time. */
  | 'connect-timeout'
  /** The connection broke before the answer began. */
  | 'reset'
  /** Anything of the above, where the platform does not say which. */
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

/** True for an answer whose body stalled or broke off. */
export const isBodyFault = (cause: string): boolean => cause === 'stalled' || cause === 'broken-body';

/** Faults before the request's first byte could leave: the connection never stood. */
const UNSENT: ReadonlySet<Fault> = new Set(['refused', 'unreachable', 'dns', 'tls', 'connect-timeout']);

const OK: Outcome = { kind: 'ok' };

/**
 * Classifies an attempt's end by the table of ARCHITECTURE.md, "What an attempt's end means". What the server says of its role
 * is `serverHints`' to judge.
 *
 * @param online False while this side, not a host, is the likely culprit: offline, or every host began to fail at once.
 */
export function outcomeOf(end: AttemptEnd, online: boolean): Outcome {
  if (end.kind === 'failure') return failureOutcome(end.fault, online);
  const { status, retryAfterMs } = end;
  const cause = `http ${status}`;
  if (status === 429) return { kind: 'busy', cause, processed: 'no', waitMs: retryAfterMs ?? 0 };
  if (status < 500) return OK;
  if (status === 503 && retryAfterMs !== null) return { kind: 'busy', cause, processed: 'maybe', waitMs: retryAfterMs };
  return isGatewayFault(status)
    ? { kind: 'host-fault', cause, processed: 'maybe', answered: true }
    : { kind: 'app-fault', cause };
}

/** 502, 503 and 504, and the 52x by which content networks say that the origin behind them is gone. */
export function isGatewayFault(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 527);
}

function failureOutcome(fault: Fault, online: boolean): Outcome {
  const processed = UNSENT.has(fault) ? 'no' : 'maybe';
  return online
    ? { kind: 'host-fault', cause: fault, processed, answered: isBodyFault(fault) }
    : { kind: 'local-fault', cause: fault, processed };
}
