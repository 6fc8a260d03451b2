import type { Mode } from '../navigation/workerSite.ts';
import { forward } from './forward.ts';
import { backups, leave, planFor, rescueBy, type Way } from './move.ts';

const transparent: Way = {
  candidates: backups,
  awaited: ({ own }) => [own.origin],
  isOpen: () => true,
  async reach({ config }, { request }, to) {
    const control = new AbortController();
    const limit = setTimeout(() => control.abort(), config.navigationMs);
    const response = await forward(request, to, config, control.signal).catch(() => undefined);
    clearTimeout(limit);
    return response && response.status < 500 ? response : undefined;
  },
};

/** Shows a backup's document under the address that was asked for. What the page then asks for is `passage.ts`'s affair. */
export const transparentMode: Mode = {
  async ahead(site, event, isThere) {
    const isLeft = planFor(site, event.request).kind === 'leave' && !(await isThere?.());
    return isLeft ? leave(site, event, transparent) : rescueBy(site, event, transparent);
  },
};
