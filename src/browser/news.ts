import { DEFAULTS } from '../policy/defaults.ts';

/** What tabs and the service worker of one origin tell each other: what the sender knows of hosts, as `runtime/healthMemory.ts` writes it. */
export interface HealthNews {
  readonly kind: 'health';
  readonly memory: string;
}

/** A channel to the other tabs that can be closed and opened again. */
export class News {
  readonly #name: string;
  readonly #heard: (memory: string) => void;
  #channel: BroadcastChannel | null = null;

  /** @param heard Takes what another tab, or the worker, knows. It may be anything: who sent it may be of an older version. */
  constructor(name: string, heard: (memory: string) => void) {
    this.#name = name;
    this.#heard = heard;
  }

  /** False where the browser does not let this page talk to others, as a frame whose storage is blocked. */
  open(): boolean {
    if (this.#channel !== null) return true;
    try {
      this.#channel = new BroadcastChannel(this.#name);
    } catch {
      return false;
    }
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const { kind, memory } = (data ?? {}) as Partial<Record<keyof HealthNews, unknown>>;
      const fits = kind === 'health' && typeof memory === 'string' && memory.length <= DEFAULTS.tabs.newsCapChars;
      if (fits) this.#heard(memory);
    };
    return true;
  }

  post(memory: string): void {
    this.#channel?.postMessage({ kind: 'health', memory } satisfies HealthNews);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
