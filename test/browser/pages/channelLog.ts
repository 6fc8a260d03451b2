import type { Channel } from '../../../src/index.browser.ts';

/** A channel, and all that it has told. */
export class ChannelLog {
  readonly channel: Channel;
  readonly got: unknown[] = [];
  readonly told: string[] = [];
  readonly accepted: number[] = [];
  readonly failed: string[] = [];
  #sent = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
    channel.on('message', (data) => void this.got.push(data));
    channel.on('state', ({ kind, cause }) => void this.told.push(`${kind} ${cause}`));
    channel.on('resumed', ({ result }) => void this.told.push(result));
    channel.on('gap', ({ direction, range }) => void this.told.push(`gap ${direction} ${range}`));
    channel.on('warning', ({ code, message }) => void this.told.push(`warning ${code} ${message}`));
    channel.on('error', ({ code }) => void this.told.push(`error ${code}`));
  }

  /** Sends numbers until it is told to stop. */
  talk(everyMs: number): void {
    this.#timer = setInterval(() => this.send(++this.#sent), everyMs);
  }

  /** Resolves to how many were sent. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#sent;
  }

  send(n: number): void {
    this.channel.send({ n }).then(
      () => this.accepted.push(n),
      (error: { readonly code: string }) => this.failed.push(error.code),
    );
  }

  isOpenAt(host: string): boolean {
    return this.channel.state.kind === 'open' && this.channel.state.host === host;
  }
}
