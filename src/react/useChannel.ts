import { useEffect, useMemo } from 'react';
import type { SwitchoverError } from '../policy/error.ts';
import type { ChannelOptions, ChannelState, MessageData, SendOptions } from '../socket/channel/types.ts';
import { useHub } from './hub.ts';
import { useLatest } from './latest.ts';
import type { ChannelCallbacks, ChannelView } from './sharedChannel.ts';
import { useStore } from './store.ts';

/** Options of {@link useChannel}: those of a channel, what it calls, and what of its state the component shows. */
export interface UseChannelOptions<Selected = ChannelState> extends ChannelOptions, ChannelCallbacks {
  /**
   * What of the channel's state the component shows: it renders again only when that changes. `() => null` for one that only sends.
   * Pure. Default: all of it.
   */
  readonly select?: ((state: ChannelState) => Selected) | undefined;
}

/** A channel, as a component has it. The same object until what it shows changes; its functions always stay the same. */
export interface ChannelHandle<Selected = ChannelState> {
  /** How the channel stands, or what `select` has made of that. */
  readonly state: Selected;
  /** Why the channel has stopped by itself: `CREDENTIAL_REFUSED`, `SESSION_LOST`; null while it has not. */
  readonly error: SwitchoverError | null;
  /**
   * Sends a message, in order with the others. For effects and event handlers.
   *
   * @param data A JSON value, as it is now; or bytes.
   * @returns Resolves when a server has accepted the message durably.
   * @throws SwitchoverError as a rejection: as `Channel.send` does; `CLOSED` where the component is not mounted.
   */
  readonly send: (data: MessageData, options?: SendOptions) => Promise<void>;
  /** Connects now: after a stop, or before the wait for the next connection is over. */
  readonly reconnect: () => void;
  /**
   * Ends the session at the server, as when somebody signs out: what is stored of it is gone. The channel is then stopped for all
   * components that hold it; the next to be mounted opens another. Never rejects.
   */
  readonly end: () => Promise<void>;
}

/**
 * Opens a channel to a session server for as long as the component is mounted. Components that name the same path, and the same `name`
 * if any, share one channel: it is opened with what those want together that are mounted at once, and closed after the last. What was
 * not accepted by then stays stored, and the next channel of that name goes on with it.
 *
 * @param path The path of the session server, such as `/channel`. Another one is another channel.
 * @param options `credential` and the callbacks may be new functions at each render: the newest are called. The other options are
 * read when the channel is opened.
 * @throws SwitchoverError `NO_PROVIDER`; once it is mounted `INVALID_OPTION`: for what `Failover.channel` refuses, and where another
 * component has opened it with other options. Leave out what another component gives.
 */
export function useChannel<Selected = ChannelState>(
  path: string,
  options: UseChannelOptions<Selected> = {},
): ChannelHandle<Selected> {
  const { channels } = useHub();
  const name = options.name ?? path;
  const latest = useLatest(options);
  const listens = options.onMessage !== undefined;
  useEffect(() => {
    const holder = { listens, options: () => channelOptions(latest.current), callbacks: () => latest.current };
    return channels.hold({ path, name }, holder);
  }, [channels, path, name, listens, latest]);
  const { store, acts } = useMemo(() => {
    const place = { path, name };
    const acts: Acts = {
      send: (data, how) => channels.send(place, data, how),
      reconnect: () => channels.reconnect(place),
      end: () => channels.end(place),
    };
    return { store: channels.storeOf(place), acts };
  }, [channels, path, name]);
  const { select = itself as (state: ChannelState) => Selected } = options;
  const state = useStore(store, (view) => select(view.state));
  const error = useStore(store, errorOf);
  const refusal = useStore(store, refusalOf);
  if (refusal !== null) throw refusal;
  return useMemo(() => ({ state, error, ...acts }), [state, error, acts]);
}

type Acts = Pick<ChannelHandle, 'send' | 'reconnect' | 'end'>;

const itself = (state: ChannelState): unknown => state;
const errorOf = ({ error }: ChannelView): SwitchoverError | null => error;
const refusalOf = ({ refusal }: ChannelView): unknown => refusal;

/** Without what is this hook's own, which a channel would refuse. */
function channelOptions<Selected>(options: UseChannelOptions<Selected>): ChannelOptions {
  const {
    onMessage: _message,
    onGap: _gap,
    onResumed: _resumed,
    onWarning: _warning,
    onError: _error,
    ...rest
  } = options;
  const { select: _select, ...own } = rest;
  return own;
}
