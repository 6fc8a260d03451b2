import type { HostPool } from '../../runtime/hostPool.ts';
import { SessionChannel } from './channel.ts';
import type { Channel, ChannelOptions } from './types.ts';

/**
 * Opens a channel: messages both ways, over whichever host of the pool serves. It is open when its `state` says so; messages may
 * be sent at once.
 *
 * @param path Where the hosts' session server listens: `/channel`.
 * @throws SwitchoverError `INVALID_OPTION` for what can't be meant.
 */
export function openChannel(pool: HostPool, path: string, options: ChannelOptions = {}): Channel {
  return new SessionChannel(pool, path, options);
}
