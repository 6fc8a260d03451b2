import type { PoolStatus } from '../runtime/status.ts';

/**
 * What there is to say of a connection: `offline`, by the word of the platform · `unreachable`: no host in service answers ·
 * `moved`: the most wanted host does not serve · `recovered`: well again after one of the first two · `well`.
 */
export type BannerKind = 'well' | 'offline' | 'unreachable' | 'moved' | 'recovered';

/** What a status says for itself. */
export type StatusKind = Exclude<BannerKind, 'recovered'>;

export function kindOf({ connectivity, hosts, current }: PoolStatus): StatusKind {
  if (connectivity === 'offline') return 'offline';
  const serves = hosts.some(({ state, silent }) => !silent && (state === 'up' || state === 'holding'));
  if (connectivity === 'suspect' || (hosts.length > 0 && !serves)) return 'unreachable';
  return hosts.length === 0 || hosts[0]?.origin === current ? 'well' : 'moved';
}

/** Whether requests get nowhere. */
export const isOut = (kind: BannerKind): boolean => kind === 'offline' || kind === 'unreachable';
