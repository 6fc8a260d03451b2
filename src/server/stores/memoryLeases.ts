import type { LeaseRecord, LeaseStore } from '../leaseStore.ts';

interface Kept {
  readonly holder: string;
  readonly epoch: number;
  readonly expiresAtMs: number;
}

/** Leases in memory. A lease that was given up keeps its epoch, so that the next one has a higher. */
export class MemoryLeases implements LeaseStore {
  readonly #kept = new Map<string, Kept>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  acquire(name: string, holder: string, ttlMs: number): LeaseRecord {
    const nowMs = this.#nowMs();
    const kept = this.#kept.get(name);
    const held = kept !== undefined && kept.expiresAtMs > nowMs;
    if (!held || kept.holder === holder) {
      const epoch = held ? kept.epoch : (kept?.epoch ?? 0) + 1;
      this.#kept.set(name, { holder, epoch, expiresAtMs: nowMs + ttlMs });
    }
    return this.#read(name, nowMs) ?? { name, holder, epoch: 0, leftMs: 0 };
  }

  release(name: string, holder: string, epoch: number): void {
    const kept = this.#kept.get(name);
    if (kept?.holder === holder && kept.epoch === epoch) this.#kept.set(name, { ...kept, expiresAtMs: this.#nowMs() });
  }

  read(name: string): LeaseRecord | null {
    return this.#read(name, this.#nowMs());
  }

  #read(name: string, nowMs: number): LeaseRecord | null {
    const kept = this.#kept.get(name);
    if (kept === undefined) return null;
    return { name, holder: kept.holder, epoch: kept.epoch, leftMs: kept.expiresAtMs - nowMs };
  }
}
