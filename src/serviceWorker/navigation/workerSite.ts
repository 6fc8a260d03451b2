import type { SiteConfig, SiteHost } from '../../site/config.ts';
import type { WorkerScope } from '../events.ts';
import { type Knowledge, storedKnowledge } from './knowledge.ts';
import type { Mode } from './mode.ts';
import { type OfflinePage, offlinePage } from './offlinePage.ts';

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

/** Null where the worker's own origin is not one of the site's hosts, such as on a developer's machine: then it is to stand aside. */
export function openSite(config: SiteConfig, scope: WorkerScope, mode: Mode): WorkerSite | null {
  const own = config.hosts.find(({ origin }) => origin === scope.location.origin);
  if (own === undefined) return null;
  return {
    config,
    mode,
    scope,
    own,
    known: storedKnowledge(config.name),
    offline: offlinePage(config, scope),
  };
}
