import type { PeerBudget } from './peerPolicy.ts';

/** Sums of tenths are a hair off. */
const ROUNDING = 1e-9;

/** The buckets of all clients. A policy without a budget always grants. */
export class PeerBudgets {
  readonly #budget: PeerBudget | null;
  readonly #tokens: Float64Array;

  constructor(budget: PeerBudget | null, clients: number) {
    this.#budget = budget;
    this.#tokens = new Float64Array(budget === null ? 0 : clients).fill(budget?.capacity ?? 0);
  }

  tokensOf(client: number): number {
    return this.#tokens[client] ?? Infinity;
  }

  /** Books a failure that the policy would retry. */
  failed(client: number): void {
    const budget = this.#budget;
    if (budget?.charge === 'each failure') this.#add(client, -budget.price);
  }

  /** What a retry costs now; null where it must not be made. */
  pay(client: number, throttled: boolean): number | null {
    const budget = this.#budget;
    if (budget === null) return 0;
    const tokens = this.#tokens[client] as number;
    if (tokens <= budget.floor + ROUNDING) return null;
    if (budget.charge === 'each failure') return 0;
    const price = throttled ? budget.throttledPrice : budget.price;
    if (tokens < price - ROUNDING) return null;
    this.#add(client, -price);
    return price;
  }

  /** @param paid What its last retry has cost; 0 for a request that needed none. */
  succeeded(client: number, paid: number): void {
    const budget = this.#budget;
    if (budget !== null) this.#add(client, budget.refunds && paid > 0 ? paid : budget.refillPerSuccess);
  }

  #add(client: number, tokens: number): void {
    const { capacity } = this.#budget as PeerBudget;
    this.#tokens[client] = Math.max(0, Math.min(capacity, (this.#tokens[client] as number) + tokens));
  }
}
