import { isSettled, type Moves, mayMove } from './navigationMoves.ts';
import { isGatewayFault } from './outcome.ts';
import { hostIn, isReady, type RememberedHealth } from './rememberedHealth.ts';

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
  /** False for a frame: its page stays where it is. */
  readonly isTop: boolean;
  readonly health: RememberedHealth;
  readonly moves: Moves;
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
export function planNavigation(given: NavigationCase, policy: NavigationPolicy, nowMs: number): NavigationPlan {
  const { own, health, moves } = given;
  const { mode, hosts, dwellMs, handoff } = policy;
  const settled = isSettled(moves, dwellMs, nowMs);
  const wary = !isReady(hostIn(health, own));
  if (mode === 'transparent') return wary || !settled ? { kind: 'leave' } : { kind: 'ask', wary };
  const moving = mayRedirect(given, policy, nowMs);
  const isBack = (origin: string) => health.hosts.some((host) => host.origin === origin && isReady(host));
  const to = moving && settled ? betterHosts(hosts, own).find(isBack) : undefined;
  if (to !== undefined) return { kind: 'return', to };
  return wary && moving && handoff === null ? { kind: 'leave' } : { kind: 'ask', wary };
}

/** True where the browser may be sent to another host. */
export const mayRedirect = (
  { isTop, moves, page }: Pick<NavigationCase, 'isTop' | 'moves' | 'page'>,
  { mode, dwellMs }: NavigationPolicy,
  nowMs: number,
): boolean => mode === 'redirect' && isTop && mayMove(moves, page, dwellMs, nowMs);

/** The hosts that are wanted more than the own one, best first. */
export const betterHosts = (hosts: NavigationPolicy['hosts'], own: string): string[] => {
  const origins = hosts.map(({ origin }) => origin);
  return origins.slice(0, Math.max(0, origins.indexOf(own)));
};

/** How the own host answered. */
export interface PageEnd {
  /** 0: no answer came. */
  readonly status: number;
  /** `Switchover-Role`, or null. */
  readonly role: string | null;
  /** In a word or two, for people. */
  readonly cause: string;
}

/** What an answer means. */
export interface PageVerdict {
  /**
   * `shown`: it is shown as it is. `doubted`: the app failed; a backup may do better, and where none is well it is shown. `failed`: there is
   * nobody behind it, or nobody who serves.
   */
  readonly kind: 'shown' | 'doubted' | 'failed';
  /** What it says of the host. */
  readonly says: 'proof' | 'fault' | 'nothing';
  readonly cause: string;
}

/**
 * Judges the answer to a navigation. It is what the end of any attempt means (`outcomeOf`, `hintedOutcome`), in the words of pages; a test
 * holds them together. A busy server (503 with `Retry-After`) has failed, too; one that was asked too often (429) has not, since no other
 * is to make up for that.
 *
 * @param online False where this side, not a host, is the likely culprit.
 */
export function judgePage({ status, role, cause }: PageEnd, online: boolean): PageVerdict {
  if (status === 0 || isGatewayFault(status) || (status === 421 && role === 'standby')) {
    return { kind: 'failed', says: online ? 'fault' : 'nothing', cause };
  }
  return status < 500 ? { kind: 'shown', says: 'proof', cause } : { kind: 'doubted', says: 'nothing', cause };
}
