/** What is on its way to a client. */
export const WHAT = {
  nothing: 0,
  /** The transport is up. */
  up: 1,
  /** It could not be made. */
  failed: 2,
  welcome: 3,
  busy: 4,
  moved: 5,
  pong: 6,
  /** The connection is reset. */
  reset: 7,
} as const;

/** What is on its way to clients, as columns: a place that is free again is used again. */
export class Packets {
  what = new Uint8Array(0);
  client = new Int32Array(0);
  /** Number of the client's connection. */
  link = new Int32Array(0);
  /** Of a refusal: the window that it names. */
  windowMs = new Float64Array(0);
  readonly #free: number[] = [];

  /** Places, used or not. */
  get capacity(): number {
    return this.what.length;
  }

  take(what: number, client: number, link: number, windowMs: number): number {
    if (this.#free.length === 0) this.#grow();
    const packet = this.#free.pop() as number;
    this.what[packet] = what;
    this.client[packet] = client;
    this.link[packet] = link;
    this.windowMs[packet] = windowMs;
    return packet;
  }

  release(packet: number): void {
    this.#free.push(packet);
  }

  #grow(): void {
    const before = this.capacity;
    const capacity = Math.max(1024, before * 2);
    const { what, client, link, windowMs } = this;
    this.what = new Uint8Array(capacity);
    this.what.set(what);
    this.client = new Int32Array(capacity);
    this.client.set(client);
    this.link = new Int32Array(capacity);
    this.link.set(link);
    this.windowMs = new Float64Array(capacity);
    this.windowMs.set(windowMs);
    for (let packet = capacity - 1; packet >= before; packet--) this.#free.push(packet);
  }
}
