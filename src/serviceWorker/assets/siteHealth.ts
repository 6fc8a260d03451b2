import { doubted, hostIn } from '../../policy/rememberedHealth.ts';
import type { WorkerSite } from '../navigation/workerSite.ts';
import { type AssetHealth, assetMemory } from './memory.ts';

/** What the worker and all pages know of the hosts, and what this worker has seen of the other origins. */
export function siteHealth({ known, config }: WorkerSite): AssetHealth {
  const memory = assetMemory();
  return {
    ...memory,
    load: known.load,
    doubtOf(origin) {
      const { kind } = hostIn(known.health, origin);
      // An alarm is a question, which one file may answer as well as any other.
      return /^(up|alarm)$/.test(kind) ? memory.doubtOf(origin) : 'doubted';
    },
    failed(origin, event) {
      memory.failed(origin, event);
      if (config.hosts.some((host) => host.origin === origin))
        known.note(event, origin, (host) => doubted(host, 'file'));
    },
  };
}
