/**
 * Random numbers for many clients, each with a stream of its own that depends on the seed and the client's number alone. What one
 * client draws changes nothing for any other, so a rule that makes one more draw does not make another run of everything.
 *
 * The generator counts: a draw is a hash of (seed, client, how many draws the client made). So a client costs four bytes.
 */
export class RandomStreams {
  readonly #draws: Uint32Array;
  readonly #seed: number;
  #client = 0;
  /** The next number of the client that was chosen by {@link of}, from [0, 1). Bound, so that it can be handed on. */
  readonly next: () => number;

  constructor(seed: number, clients: number) {
    this.#seed = mix(seed >>> 0);
    this.#draws = new Uint32Array(clients);
    this.next = () => {
      const draw = (this.#draws[this.#client] as number) + 1;
      this.#draws[this.#client] = draw;
      return randomAt(this.#seed, this.#client, draw);
    };
  }

  /** The stream of a client. It is always the same function: it draws for the client that was asked for last. */
  of(client: number): () => number {
    this.#client = client;
    return this.next;
  }
}

/** The `draw`-th number of a client, from [0, 1). Two keys of it enter at different rounds, so that no stream is a part of another. */
function randomAt(seed: number, client: number, draw: number): number {
  const outer = mix(client ^ seed);
  const inner = mix(Math.imul(client, 0x9e3779b1) + seed);
  return mix(mix(Math.imul(draw, 0x85ebca77) ^ outer) + inner) / 2 ** 32;
}

/** A permutation of 32-bit numbers in which each bit of the result depends on all. Constants: Wellons' `lowbias32`. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
