import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from '../../../src/index.channel.ts';
import { createFailover } from '../../../src/index.node.ts';
import { fileStore } from '../../../src/node/index.ts';
import { SwitchoverError } from '../../../src/publicParts.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { withoutPersistence } from './breaks.ts';
import { type LogWriter, openLog, readLog } from './logFile.ts';
import type { ClientsExtra } from './orders.ts';
import type { ClientLine, ClientRecord, Said, Told } from './records.ts';
import { spyingWebSocket } from './spyingWebSocket.ts';

/** Numbers of messages rise from life to life. */
const LIFE_NUMBERS = 100_000;
/** Shares of the messages that have a key, and of those that are worth sending for a moment only. */
const KEYED = 0.4;
const PERISHABLE = 0.1;
const PERISHES_AFTER_MS = 400;
/** Every second client takes so long over a message, at most. */
const SLOWNESS_MS = 20;

/** One client of a soak, in one of its lives. */
export class SoakClient {
  readonly #name: string;
  readonly #log: LogWriter<ClientRecord>;
  readonly #channel: Channel;
  /** What the application has got, in all its lives. */
  readonly #got: Set<string>;
  readonly #unsettled = new Set<number>();
  #storageWorks = true;
  #n: number;
  #talks = true;

  constructor(name: string, path: string, { hosts, sendRate, broken }: ClientsExtra) {
    const file = `${path}.log`;
    const past = readLog<ClientLine>(file);
    const life = 1 + past.filter(({ kind }) => kind === 'start').length;
    this.#name = name;
    this.#n = life * LIFE_NUMBERS;
    this.#got = new Set(past.flatMap((line) => (line.kind === 'delivered' ? [line.id] : [])));
    this.#log = openLog(file);
    this.note({ kind: 'start', life });
    const store = broken === 'no-persist' ? withoutPersistence() : fileStore(path);
    this.#channel = this.#open(hosts, this.#noted(store));
    void this.#talk(1_000 / sendRate);
  }

  /** Sends that wait for their end. */
  get pending(): number {
    return this.#unsettled.size;
  }

  note(record: ClientRecord): void {
    this.#log.write(record);
  }

  quiet(): void {
    this.#talks = false;
  }

  async close(): Promise<void> {
    this.#talks = false;
    await this.#channel.close();
    this.note({ kind: 'stopped' });
  }

  #open(hosts: readonly string[], storage: KeyValueStore): Channel {
    // Everything is a tenth of what it usually is, so that minutes hold what else would take hours.
    const failover = createFailover({
      hosts,
      allowInsecure: true,
      ejection: { coolDownMs: 200, coolDownCapMs: 1_000, localFaultWindowMs: 300 },
      probe: { periodMs: 150, inactivePeriodMs: 400, timeoutMs: 500 },
      failback: { holdMs: 500 },
    });
    const channel = failover.channel('/channel', {
      storage,
      credential: () => this.#name,
      WebSocket: spyingWebSocket((record) => this.note(record)),
      reconnect: { windowMs: 150, baseMs: 100, capMs: 1_000, minUptimeMs: 500, welcomeMs: 400, welcomeCapMs: 1_500 },
      heartbeat: { unackedMs: 700, probeMs: 400 },
      acks: { delayMs: 40 },
    });
    const slow = Number(this.#name.slice(1)) % 2 === 1;
    const inTime = (act: () => void) => (slow ? pause(SLOWNESS_MS * Math.random()).then(act) : act());
    channel.on('message', (data) => inTime(() => this.#get((data as Told).id)));
    channel.on('gap', (gap) => inTime(() => this.note({ kind: 'gap', ...gap })));
    channel.on('state', ({ durable }) => {
      if (durable) this.#storage(true);
    });
    channel.on('warning', ({ code, cause }) => {
      if (code === 'STORAGE_FAILED') this.#storage(false);
      if (code === 'EXPIRED' || code === 'UNKNOWN_FATE') this.#refused((cause as { data: Said }).data.n, code);
      else this.note({ kind: 'warning', what: `${code} ${String(cause ?? '')}` });
    });
    channel.on('error', ({ code, message }) => this.note({ kind: 'failed', what: `${code} ${message}` }));
    return channel;
  }

  #storage(works: boolean): void {
    if (works !== this.#storageWorks) this.note({ kind: 'storage', works });
    this.#storageWorks = works;
  }

  #get(id: string): void {
    this.note({ kind: this.#got.has(id) ? 'repeated' : 'delivered', id });
    this.#got.add(id);
  }

  async #talk(meanMs: number): Promise<void> {
    for (;;) {
      await pause(2 * meanMs * Math.random());
      if (!this.#talks) return;
      void this.#say();
    }
  }

  async #say(): Promise<void> {
    this.#n += 1;
    const n = this.#n;
    const said: Said = { client: this.#name, n };
    const keyed = Math.random() < KEYED;
    const perishable = Math.random() < PERISHABLE;
    this.note({ kind: 'sent', n, keyed, perishable });
    this.#unsettled.add(n);
    try {
      const options = { ...(keyed && { key: `${said.client}-${n}` }), ...(perishable && { ttlMs: PERISHES_AFTER_MS }) };
      await this.#channel.send(said, options);
      this.note({ kind: 'accepted', n });
    } catch (error) {
      this.#refused(n, error instanceof SwitchoverError ? error.code : String(error));
    }
    this.#unsettled.delete(n);
  }

  /** This life's message, or one of a life before. */
  #refused(n: number, code: string): void {
    // What waits when the channel closes goes on in the next life.
    if (code === 'CLOSED') return;
    if (code === 'UNKNOWN_FATE') this.note({ kind: 'unknown', n, resent: false });
    else this.note({ kind: 'refused', n, why: code });
  }

  /** Writes down up to which message the store has said that it keeps them. */
  #noted(store: KeyValueStore): KeyValueStore {
    let last = 0;
    return {
      ...store,
      set: async (key, value) => {
        await store.set(key, value);
        // The messages are in the stored text as JSON within JSON.
        const numbers = [...value.matchAll(/\bn\\*":(\d+)/g)].map(([, digits]) => Number(digits));
        const highest = Math.max(0, ...numbers);
        if (highest > last) this.note({ kind: 'stored', n: highest });
        last = Math.max(last, highest);
      },
    };
  }
}
