import type { SiteConfig } from '../../site/config.ts';
import type { WorkerScope } from '../events.ts';
import { storedKnowledge } from './knowledge.ts';
import { offlinePage } from './offlinePage.ts';
import type { Mode, WorkerSite } from './workerSite.ts';

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
