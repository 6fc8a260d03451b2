import { sleep } from '../../../test/rig/wait.ts';
import { monotonicMs } from '../../lib/monotonic.ts';
import type { Conversation, Peer } from '../peer.ts';
import { type Log, TALK_MS } from './protocol.ts';

const CLOSE_LIMIT_MS = 1_000;

/** One user with a log. */
export class Talker {
  readonly user: string;
  readonly #said: string[] = [];
  readonly #refused: string[] = [];
  readonly #numbers: number[] = [];
  readonly #firstMs = new Map<string, number>();
  #conversation: Conversation | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(user: string) {
    this.user = user;
  }

  async open(peer: Peer, hosts: readonly [string, string]): Promise<void> {
    const onMessage = (text: string): void => this.#hear(text);
    this.#conversation = await peer.converse({ user: this.user, hosts, onMessage });
  }

  /** Says a numbered message again and again. */
  talk(): void {
    this.#timer = setInterval(() => void this.#say(`${this.user}:${this.#said.length}`), TALK_MS);
  }

  hush(): void {
    clearInterval(this.#timer);
  }

  /** When it first heard that host; null: never. */
  heardMs(host: string): number | null {
    return this.#firstMs.get(host) ?? null;
  }

  async close(): Promise<Log> {
    // What becomes of it after the end of the round is of no interest.
    const log = { said: [...this.#said], refused: [...this.#refused], numbers: [...this.#numbers] };
    // Some wait for a host that is gone.
    await Promise.race([this.#conversation?.close(), sleep(CLOSE_LIMIT_MS)]);
    return log;
  }

  async #say(id: string): Promise<void> {
    this.#said.push(id);
    try {
      await this.#conversation?.send(id);
    } catch {
      this.#refused.push(id);
    }
  }

  #hear(text: string): void {
    const [host = '', word = ''] = text.split(' ');
    if (!this.#firstMs.has(host)) this.#firstMs.set(host, monotonicMs());
    const number = Number(word);
    if (Number.isInteger(number)) this.#numbers.push(number);
  }
}
