import type { Hints } from './hints.ts';
import { absenceOf, isBack, isKnown, mayMove, type NavigationState } from './navigationState.ts';
import { type Fault, type Outcome, outcomeOf } from './outcome.ts';
import { hintedOutcome } from './rules/hintedOutcome.ts';

/**
 * What the worker does when the server of a page gives no usable answer. `offline-page`: shows a page of its own, which waits and leads
 * on. `redirect`: sends the browser to a backup. `transparent`: shows the backup's document under the address that was asked for.
 */
export type NavigationMode = 'offline-page' | 'redirect' | 'transparent';

/** What the rules need of a site's configuration. */
export interface NavigationPolicy {
  readonly mode: NavigationMode;
  /** Best first. */
  readonly hosts: readonly { readonly origin: string }[];
  readonly dwellMs: number;
  /** Null: a session does not move along. Else the browser moves from a page, which can take the session along. */
  readonly handoff: string | null;
}

/** A navigation, and what is known as it begins. */
export interface NavigationCase {
  /** The worker's own origin: the host that the page is asked of. */
  readonly own: string;
  /** Path and query. */
  readonly page: string;
  /** True where the own host is known to be out of service. */
  readonly isOut: boolean;
  /** True where the browser may be sent elsewhere: not for a frame within a page. */
  readonly mayLeave: boolean;
}

/** What is done first. */
export type NavigationPlan =
  /** The own host is asked; `wary`: it failed a short while ago. */
  | { readonly kind: 'ask'; readonly wary: boolean }
  /** The own host is known to be out: a backup is asked first. */
  | { readonly kind: 'leave' }
  /** A host that is wanted more is proven again: the browser is sent there, once a last look says so, too. */
  | { readonly kind: 'return'; readonly to: string };

/** Settles where a page is asked for. */
export function planNavigation(
  { own, page, isOut, mayLeave }: NavigationCase,
  state: NavigationState,
  { mode, hosts, dwellMs, handoff }: NavigationPolicy,
  nowMs: number,
): NavigationPlan {
  const moves = mayLeave && mode === 'redirect' && mayMove(state, page, dwellMs, nowMs);
  if (moves) {
    const isReady = (origin: string) => {
      const absence = absenceOf(state, origin);
      return absence !== undefined && isKnown(absence, nowMs) && isBack(state, absence, dwellMs, nowMs);
    };
    const to = betterHosts(hosts, own).find(isReady);
    if (to !== undefined) return { kind: 'return', to };
  }
  const absence = absenceOf(state, own);
  if (mode === 'transparent' && absence !== undefined) {
    const stays = isKnown(absence, nowMs) && !isBack(state, absence, dwellMs, nowMs);
    return stays ? { kind: 'leave' } : { kind: 'ask', wary: true };
  }
  const leaves = mode === 'transparent' || (moves && handoff === null);
  return isOut && leaves ? { kind: 'leave' } : { kind: 'ask', wary: isOut };
}

/** The hosts that are wanted more than the own one, best first. */
export const betterHosts = (hosts: NavigationPolicy['hosts'], own: string): string[] => {
  const origins = hosts.map(({ origin }) => origin);
  return origins.slice(0, Math.max(0, origins.indexOf(own)));
};

/** How the own host answered. */
export type PageEnd =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** `Switchover-Role`. */
      readonly role: string | null;
      /** `Retry-After`. */
      readonly retryAfter: string | null;
    }
  | { readonly kind: 'failure'; readonly fault: Fault };

/** What an answer means. */
export interface PageVerdict {
  /** `shown`: as it is. `doubted`: a backup may do better; where none is well it is shown. `failed`: it is no page. */
  readonly kind: 'shown' | 'doubted' | 'failed';
  /** What it says of the host: proven, failed, well but not to be used, or nothing. */
  readonly says: 'proof' | 'fault' | 'standby' | 'nothing';
  readonly cause: string;
}

/** Judges the answer to a navigation by what ends of attempts mean (see {@link outcomeOf}). */
export function judgePage(end: PageEnd, online: boolean): PageVerdict {
  const outcome = outcomeOfPage(end, online);
  switch (outcome.kind) {
    case 'ok':
      return { kind: 'shown', says: 'proof', cause: '' };
    case 'app-fault':
      return { kind: 'doubted', says: 'nothing', cause: outcome.cause };
    case 'busy':
      // Whoever asks too often is not served better by another host.
      return { kind: outcome.cause === 'http 429' ? 'shown' : 'failed', says: 'nothing', cause: outcome.cause };
    case 'not-active':
      return { kind: 'failed', says: 'standby', cause: outcome.cause };
    default:
      return { kind: 'failed', says: outcome.kind === 'host-fault' ? 'fault' : 'nothing', cause: outcome.cause };
  }
}

function outcomeOfPage(end: PageEnd, online: boolean): Outcome {
  if (end.kind === 'failure') return outcomeOf(end, online);
  const { status, role, retryAfter } = end;
  const hints: Hints = { role: role as Hints['role'], active: null, epoch: null, retryWindowMs: null };
  const answer = { kind: 'response', status, retryAfterMs: retryAfter === null ? null : 0, hints } as const;
  return hintedOutcome(answer, false) ?? outcomeOf(answer, online);
}
