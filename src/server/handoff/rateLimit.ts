/** How many requests are answered. */
export interface HandoffRates {
  /** From one client address, a second, in the long run. Default 5. */
  readonly perAddress: number;
  /** The same, at once: behind one address there may be a whole office that moves together. Default 300. */
  readonly addressBurst: number;
  /** From all clients, a second, in the long run. Default 500. */
  readonly total: number;
  /** The same, at once. Default 2,000. */
  readonly totalBurst: number;
}

export const RATES: HandoffRates = { perAddress: 5, addressBurst: 300, total: 500, totalBurst: 2_000 };

/** What a request that was refused costs its address more than another one: who guesses is stopped soon. */
const REFUSED_COST = 9;

/** Addresses that are remembered: over it those go that were not heard of the longest. */
const ADDRESSES = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Token buckets: one for all, one for each address. */
export class RateLimit {
  readonly #rates: HandoffRates;
  readonly #addresses = new Map<string, Bucket>();
  #total: Bucket;

  constructor(rates: HandoffRates, nowMs: number) {
    this.#rates = rates;
    this.#total = { tokens: rates.totalBurst, atMs: nowMs };
  }

  /** Null for a request that may be looked at; else in how many seconds to come again. */
  admit(address: string | null, nowMs: number): number | null {
    const { perAddress, addressBurst, total, totalBurst } = this.#rates;
    const all = filled(this.#total, total, totalBurst, nowMs);
    const own = this.#bucket(address, nowMs);
    const full = own !== null && own.tokens < 1;
    // Whoever is stopped by his own limit takes nothing away from the others.
    this.#total = full || all.tokens < 1 ? all : { ...all, tokens: all.tokens - 1 };
    if (full) return waitSeconds(own, perAddress);
    if (all.tokens < 1) return waitSeconds(all, total);
    this.#keep(address, own, 1, addressBurst);
    return null;
  }

  /** That request was refused. */
  refused(address: string | null, nowMs: number): void {
    this.#keep(address, this.#bucket(address, nowMs), REFUSED_COST, this.#rates.addressBurst);
  }

  #bucket(address: string | null, nowMs: number): Bucket | null {
    if (address === null) return null;
    const { perAddress, addressBurst } = this.#rates;
    const found = this.#addresses.get(networkOf(address));
    return filled(found ?? { tokens: addressBurst, atMs: nowMs }, perAddress, addressBurst, nowMs);
  }

  #keep(address: string | null, bucket: Bucket | null, cost: number, burst: number): void {
    if (address === null || bucket === null) return;
    const name = networkOf(address);
    this.#addresses.delete(name);
    this.#addresses.set(name, { ...bucket, tokens: Math.max(-burst, bucket.tokens - cost) });
    const oldest = this.#addresses.keys().next();
    if (this.#addresses.size > ADDRESSES && !oldest.done) this.#addresses.delete(oldest.value);
  }
}

function filled({ tokens, atMs }: Bucket, perSecond: number, burst: number, nowMs: number): Bucket {
  return { tokens: Math.min(burst, tokens + (Math.max(0, nowMs - atMs) * perSecond) / 1000), atMs: nowMs };
}

const waitSeconds = ({ tokens }: Bucket, perSecond: number): number => Math.ceil((1 - tokens) / perSecond);

/** One customer has a whole /64 of IPv6. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail.split(':').filter((group) => group !== '');
  const zeros = Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...(address.includes('::') ? zeros : []), ...rest].slice(0, 4).join(':');
}
