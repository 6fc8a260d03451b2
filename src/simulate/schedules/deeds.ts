import type { ClientSide } from './clientSide.ts';
import { payloadFor } from './messages.ts';
import type { Step } from './schedule.ts';
import { CUTS, GOES, type World } from './world.ts';

type Of<K extends Step['do']> = Extract<Step, { do: K }>;

/** Does what a schedule says. What it names may be gone. */
export class Deeds {
  readonly #world: World;
  /** Numbers of messages: see messages.ts. */
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  do(step: Step): void {
    const { weather } = this.#world;
    switch (step.do) {
      case 'drain':
        this.#drain(step);
        return;
      case 'replay':
        this.#replay(step);
        return;
      case 'blackHole':
        weather.begin('blackHole', step.forMs, { server: step.server, side: step.side });
        return;
      case 'delay':
        weather.begin('delay', step.forMs, { server: step.server, extraMs: step.extraMs });
        return;
      case 'crashServer':
        this.#world.servers[step.server]?.crash(step.downMs, step.reset);
        return;
      case 'freezeServer':
        this.#world.servers[step.server]?.freeze(step.forMs);
        return;
      case 'storeFails':
        weather.begin(step.done ? 'storeFailsDone' : 'storeFails', step.forMs);
        return;
      case 'slowStore':
        weather.begin('slowStore', step.forMs, { extraMs: step.extraMs });
        return;
      default: {
        const client = this.#world.clients[step.client];
        if (client?.running) this.#withClient(client, step);
      }
    }
  }

  #withClient(client: ClientSide, step: Extract<Step, { client: number }>): void {
    switch (step.do) {
      case 'send':
        client.whenAwake(() => this.#send(client, step));
        return;
      case 'say':
        this.#say(client, step);
        return;
      case 'crash':
        this.#crash(client, step);
        return;
      case 'copy':
        this.#copy(client);
        return;
      case 'cut':
        this.#cut(client, step);
        return;
      case 'storeLoses':
        this.#world.store.sessions.delete(client.state.sid);
        return;
      default:
        withProcess(client, step, this.#world.agenda.nowMs);
    }
  }

  #send(client: ClientSide, { count, keyed, ttlMs }: Of<'send'>): void {
    for (let n = 0; n < count; n++) {
      const id = ++this.#count;
      client.lastSent = id;
      const key = keyed ? `k${id}` : undefined;
      client.tell({ kind: 'send', id, payload: payloadFor(id), key, ttlMs: ttlMs ?? undefined });
    }
  }

  #say(client: ClientSide, { count, from }: Of<'say'>): void {
    const { agenda, store, witness, servers } = this.#world;
    const { sid } = client.state;
    const own = servers.flatMap((server) =>
      server.lines.flatMap((line) => (line.state.kind === 'open' && line.state.sid === sid ? [{ server, line }] : [])),
    )[0];
    for (let n = 0; n < count; n++) {
      const id = ++this.#count;
      const payload = payloadFor(id);
      if (from === 'own') own?.server.whenAwake(() => own.server.feed(own.line, { kind: 'send', id, payload }));
      else {
        const request = { op: 'append', sid, id, payload } as const;
        const result = store.run(request, agenda.nowMs);
        witness.ran(request, result);
        if (result.kind === 'appended') this.#world.tellOthers(sid, { kind: 'grown', tx: result.seq });
      }
    }
  }

  #drain({ server: at, deadlineMs, jitterMs }: Of<'drain'>): void {
    const { agenda, servers } = this.#world;
    const server = servers[at];
    if (server === undefined) return;
    server.drainsUntilMs = agenda.nowMs + deadlineMs;
    const { lines } = server;
    for (const line of lines) {
      if (line.state.kind === 'open') server.feed(line, { kind: 'drain', deadlineMs, jitterMs });
      agenda.after(deadlineMs, () => {
        if (line.serverOpen) server.whenAwake(() => server.feed(line, GOES));
      });
    }
  }

  /** The host of a process that dies says so on its lines, unless it dies as well. */
  #crash(client: ClientSide, { downMs, clockErrorMs }: Of<'crash'>): void {
    const lines = this.#world.linesOf(client);
    client.crash(downMs, clockErrorMs);
    for (const line of lines) {
      if (downMs % 3 === 0) line.cut();
      this.#world.leave(line);
    }
  }

  /**
   * Of what was in no session yet nobody could tell the copies apart, had the shell not given it keys; and the copy of a copy is one
   * that has crashed.
   */
  #copy(client: ClientSide): void {
    const { clients, witness } = this.#world;
    const inSession = (JSON.parse(client.disk)?.session.sid ?? '') !== '';
    if (!inSession || client.name.includes('-') || clients.length > 3) return;
    witness.copied = true;
    witness.meet('copied');
    this.#world.addClient(`${client.name}-${clients.length}`, client.disk);
  }

  #cut(client: ClientSide, { heard }: Of<'cut'>): void {
    const line = this.#world.linesOf(client).at(-1);
    if (line === undefined) return;
    const { agenda, weather, servers } = this.#world;
    line.cut();
    const random = this.#world.chance(CUTS);
    const lateMs = () => weather.latencyMs(line.server, random);
    const server = servers[line.server];
    if (heard === 'both' || heard === 'client')
      agenda.after(lateMs(), () => client.whenAwake(() => this.#world.clientHears(line)));
    if ((heard === 'both' || heard === 'server') && server !== undefined)
      agenda.after(lateMs(), () => server.whenAwake(() => this.#world.serverHears(server, line)));
  }

  /** A thief shows a token, and vanishes. One that is still good he may use in its owner's name: nobody could see that. */
  #replay({ nth, as }: Of<'replay'>): void {
    const { agenda, store, witness } = this.#world;
    const shown = witness.seenTokens[nth % Math.max(1, witness.seenTokens.length)];
    if (shown === undefined) return;
    const { sid, token } = shown;
    const subject = as === 'owner' ? shown.subject : 'mallory';
    const hash = `#${token}`;
    const tokens = store.sessions.get(sid)?.record.tokens;
    const isGood = tokens === undefined || tokens.known === hash || tokens.pending.includes(hash);
    if (isGood && as === 'owner') return;
    const fresh = { ...this.#world.fresh(), hash: 'x' };
    const request = { op: 'attach', sid, stream: 'r', rx: 0, txLow: 1, subject, hash, fresh, ttlMs: 1 } as const;
    witness.ran(request, store.run(request, agenda.nowMs));
  }
}

type Inward = Exclude<
  Extract<Step, { client: number }>,
  { do: 'send' | 'say' | 'crash' | 'copy' | 'cut' | 'storeLoses' }
>;

/** What concerns a client's process alone. */
function withProcess(client: ClientSide, step: Inward, nowMs: number): void {
  switch (step.do) {
    case 'cancel':
      client.whenAwake(() => client.tell({ kind: 'cancel', id: client.lastSent }));
      return;
    case 'end':
      client.whenAwake(() => client.end());
      return;
    case 'suspend':
      client.freeze(step.forMs, step.clockStops);
      return;
    case 'drift':
      client.drift(step.rate);
      return;
    case 'slowDisk':
    case 'slowApp':
      client[step.do] = { extraMs: step.extraMs, untilMs: nowMs + step.forMs };
      return;
    default:
      client.whenAwake(() => client.tell({ kind: step.do }));
  }
}
