import type { NavigationMode } from '../policy/navigation.ts';

export type { NavigationMode };

/** A host of a site, as worker and offline page need it. */
export interface SiteHost {
  /** As in `location.origin`. */
  readonly origin: string;
  /** Absolute URL at which it is asked how it is. */
  readonly probe: string;
}

/**
 * What worker, offline page and page of one site agree on: plain JSON, written into the worker and the offline page when they are made,
 * so that neither has to check it. Made of {@link SiteOptions}.
 */
export interface SiteConfig {
  /** Of the form of this. */
  readonly version: 1;
  /** Names what is stored and broadcast. The same as the pool's, so that page and worker share what they know. */
  readonly name: string;
  /** Best first. */
  readonly hosts: readonly SiteHost[];
  /** What a navigation that fails leads to. */
  readonly mode: NavigationMode;
  /** Until the first byte of a page, in milliseconds. */
  readonly navigationMs: number;
  /** The same on a host that failed a short while ago, in milliseconds. */
  readonly waryNavigationMs: number;
  /** Until a probe's answer, in milliseconds. */
  readonly probeMs: number;
  /** What the body of a healthy host's answer to a probe must hold: a captive portal answers anything with 200. */
  readonly marker: string;
  /** Where the offline page lies: a path on each host. */
  readonly offlinePage: string;
  /** Groups of origins that serve the same files. The hosts themselves are always a group. */
  readonly assets: readonly (readonly string[])[];
  /** For how long at most a host that is proven again is held back, in milliseconds. */
  readonly holdMs: number;
  /** After a move, no move back within this, in milliseconds. */
  readonly dwellMs: number;
  /** Where hosts mint and redeem handoff codes: a path on each host. Null: a session does not move along. */
  readonly handoff: string | null;
}
