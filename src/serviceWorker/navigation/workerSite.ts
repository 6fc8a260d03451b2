import type { SiteConfig, SiteHost } from '../../site/config.ts';
import type { FetchEvent, WorkerScope } from '../events.ts';
import type { Knowledge } from './knowledge.ts';
import type { OfflinePage } from './offlinePage.ts';

/** A site, as its worker on one of its hosts has it. */
export interface WorkerSite {
  readonly config: SiteConfig;
  readonly mode: Mode;
  readonly scope: WorkerScope;
  /** The host that the worker came from. */
  readonly own: SiteHost;
  readonly known: Knowledge;
  readonly offline: OfflinePage;
  /** In transparent mode, the origin of the backup that was asked last: its pages ask for more of it. */
  servedBy?: string | undefined;
  isLookingOut?: boolean;
}

/**
 * Gets a page elsewhere, since the own host has failed. Undefined where nobody has it, and where the offline page is to lead on.
 *
 * @param cause In a word or two, for people.
 * @param isBroken The connection broke. That may happen on a host that is well.
 */
export type Rescue = (cause: string, isBroken: boolean) => Promise<Response | undefined>;

/** What a mode does beside showing the offline page, which every mode does in the end. That of this name does nothing else. */
export interface Mode {
  /**
   * Gets the page elsewhere where the own host is known to be out, or another is wanted more. Else that host is asked, and this says what
   * is done if it fails. Undefined: nobody else is well.
   *
   * @param isThere Whether the page is there without any server. Default: it is not.
   */
  ahead?(site: WorkerSite, event: FetchEvent, isThere?: () => Promise<boolean>): Promise<Response | Rescue | undefined>;
  /** The own host has given a page. */
  served?(site: WorkerSite, event: FetchEvent): void;
}
