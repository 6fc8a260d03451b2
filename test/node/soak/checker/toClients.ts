import type { AppendedRow, ClientLine } from '../records.ts';
import { grouped } from './grouped.ts';
import { type Life, livesOf } from './lives.ts';
import type { World } from './world.ts';

type Gap = Extract<ClientLine, { kind: 'gap' }>;
type Arrival = Extract<ClientLine, { kind: 'delivered' | 'repeated' }>;

/** How far a client is with one stream. */
interface Reading {
  /** All numbers up to this one came or were reported lost. */
  upTo: number;
  /** The same for what came again, in this life. */
  againUpTo: number;
  /** The client was told that nothing more will come. */
  closed: boolean;
}

/** Each message that was committed to a client's log has come once and in its turn, or lies in a gap that was reported. */
export function checkToClients(world: World, client: string): void {
  const reader = new Reader(world, client);
  for (const life of livesOf(world.evidence.clients.get(client) ?? [])) reader.readLife(life);
  reader.checkRest();
}

class Reader {
  readonly #world: World;
  readonly #client: string;
  readonly #appended: ReadonlyMap<string, readonly AppendedRow[]>;
  readonly #rows: ReadonlyMap<string, AppendedRow>;
  readonly #readings = new Map<string, Reading>();
  /** The stream that the client is in. */
  #stream = '';

  constructor(world: World, client: string) {
    const rows = world.appendedTo.get(client) ?? [];
    this.#world = world;
    this.#client = client;
    this.#appended = grouped(rows, ({ stream }) => stream);
    this.#rows = new Map(rows.map((row) => [row.id, row]));
  }

  readLife(life: Life): void {
    for (const reading of this.#readings.values()) reading.againUpTo = 0;
    for (const line of life.lines) {
      if (line.kind === 'opened') {
        this.#stream = line.stream;
        this.#reading(line.stream);
      } else if (line.kind === 'delivered' || line.kind === 'repeated') this.#arrive(line, life);
      else if (line.kind === 'gap' && line.direction === 's2c') this.#skip(line, life);
      else if (line.kind === 'gap') this.#checkGivenUp(line);
    }
  }

  /** What was committed and has neither come nor been reported. */
  checkRest(): void {
    for (const [stream, rows] of this.#appended) {
      const { upTo = 0, closed = false } = this.#readings.get(stream) ?? {};
      const missing = rows.filter(({ seq }) => seq > upTo);
      const [first] = missing;
      if (closed || first === undefined) continue;
      const what = `${missing.length} messages from ${stream}:${first.seq}`;
      if (stream === this.#stream) this.#complain('undelivered', what);
      // A session that its client has never used may have been lost together with the client.
      else if (this.#world.proven.has(first.sid)) this.#complain('silent-loss', what);
    }
  }

  #arrive({ kind, id }: Arrival, life: Life): void {
    const row = this.#rows.get(id);
    if (row === undefined) {
      this.#complain('invented-delivery', id);
      return;
    }
    const { stream, seq } = row;
    const reading = this.#reading(stream);
    const name = `${stream}:${seq}`;
    if (kind === 'repeated') {
      // Only a kill between an application's act and the note of it can bring a message back, and only once a life.
      if (life.before !== 'killed' || seq > reading.upTo || seq <= reading.againUpTo)
        this.#complain('repeated-delivery', `${name} in life ${life.number}`);
      reading.againUpTo = seq;
      return;
    }
    if (seq <= reading.upTo) this.#complain('repeated-delivery', `${name} in life ${life.number}`);
    else if (reading.closed) this.#complain('misordered-delivery', `${name} after the end of its stream`);
    else if (seq > reading.upTo + 1) this.#complain('silent-loss', `${name} came after ${reading.upTo}`);
    reading.upTo = Math.max(reading.upTo, seq);
  }

  #skip({ stream, range }: Gap, life: Life): void {
    const reading = this.#reading(stream);
    if (range === null) {
      if (stream === this.#stream) this.#complain('false-gap', `${stream}, but the session was not lost`);
      // Told again where a kill came between the telling and the note of it.
      if (reading.closed && life.before !== 'killed') this.#complain('false-gap', `${stream}, once more`);
      reading.closed = true;
      return;
    }
    const [from, to] = range;
    const name = `${stream}:${from}-${to}`;
    // After a kill a gap may be reported again, and may reach back.
    if (from > reading.upTo + 1 || (from <= reading.upTo && life.before !== 'killed'))
      this.#complain('false-gap', `${name} after ${reading.upTo}`);
    if (to > reading.upTo && !this.#hasOverflowed(stream, to))
      this.#complain('false-gap', `${name}, but the log had not overflowed`);
    reading.upTo = Math.max(reading.upTo, to);
  }

  /** A log lets go of a message only when as many newer ones as it may keep are there. */
  #hasOverflowed(stream: string, to: number): boolean {
    const last = this.#appended.get(stream)?.at(-1)?.seq ?? 0;
    return last >= to + this.#world.evidence.replayCount;
  }

  #checkGivenUp({ stream, range }: Gap): void {
    const [from, to] = range ?? [Number.POSITIVE_INFINITY, 0];
    const accepted = (this.#world.effectsOf.get(this.#client) ?? []).find(
      (row) => row.stream === stream && row.seq >= from && row.seq <= to,
    );
    if (accepted !== undefined) this.#complain('false-gap', `${stream}:${accepted.seq} was accepted`);
  }

  #reading(stream: string): Reading {
    const known = this.#readings.get(stream);
    if (known !== undefined) return known;
    const fresh = { upTo: 0, againUpTo: 0, closed: false };
    this.#readings.set(stream, fresh);
    return fresh;
  }

  #complain(kind: Parameters<World['complain']>[0], what: string): void {
    this.#world.complain(kind, this.#client, what);
  }
}
