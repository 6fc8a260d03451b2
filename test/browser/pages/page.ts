/** What tests have in a page: the library as an app has it, and a record of what it tells. */
import {
  type ChannelOptions,
  createFailover,
  type Failover,
  type FailoverOptions,
} from '../../../src/index.browser.ts';
import { ChannelLog } from './channelLog.ts';
import { localStore } from './localStore.ts';

/** `window.tools`. */
export interface Tools {
  /** The library over these hosts, one for each page. */
  start(options: FailoverOptions): Failover;
  /** A channel that is recorded; when one of its connections ends, that is in `log`. */
  channel(hosts: readonly string[], options?: ChannelTweaks): ChannelLog;
  /** The channel that was opened. */
  readonly heard: ChannelLog;
  /** What a test may want to keep in the page. */
  readonly log: string[];
  /** All that was recorded, as text. */
  say(): string;
}

/** How a channel differs from any other. */
export interface ChannelTweaks {
  /** Its session outlives the page. */
  readonly stored?: boolean;
  /** For how long acknowledgements are held back. */
  readonly ackMs?: number;
  /** How long it waits between two rounds over its hosts, at most. */
  readonly backoffMs?: number;
}

declare global {
  interface Window {
    readonly tools: Tools;
  }
}

let failover: Failover | undefined;
let heard: ChannelLog | undefined;
const log: string[] = [];

/** The platform's own, which says when it is over. */
class RecordedSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    this.addEventListener('close', ({ code }) => log.push(`closed ${code}`));
  }
}

const tools: Tools = {
  start(options) {
    failover = createFailover(options);
    return failover;
  },
  channel(hosts, { stored = false, ackMs, backoffMs } = {}) {
    const { channel } = tools.start({ hosts });
    const options: ChannelOptions = {
      credential: () => 'ann',
      WebSocket: RecordedSocket,
      ...(stored ? { storage: localStore } : {}),
      ...(ackMs === undefined ? {} : { acks: { delayMs: ackMs } }),
      ...(backoffMs === undefined ? {} : { reconnect: { baseMs: backoffMs, capMs: backoffMs } }),
    };
    heard = new ChannelLog(channel('/channel', options));
    return heard;
  },
  get heard() {
    if (heard === undefined) throw new Error('No channel was opened in this page.');
    return heard;
  },
  log,
  say: () => JSON.stringify([failover?.status.current, heard?.channel.state, heard?.told, log]),
};

Object.assign(window, { tools });
