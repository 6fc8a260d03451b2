import type { ClientSide } from './clientSide.ts';
import type { Connection } from './connection.ts';
import { payloadFor } from './messages.ts';
import type { Step } from './schedule.ts';
import { steal } from './thieves.ts';
import { CUTS, type World } from './world.ts';

type Of<K extends Step['do']> = Extract<Step, { do: K }>;

/** What a schedule does to a client, to its session and to its lines. */
export class ClientDeeds {
  readonly #world: World;
  /** Numbers of messages: see messages.ts. */
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  do(client: ClientSide, step: Extract<Step, { client: number }>): void {
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
      case 'fork':
        this.#fork(client);
        return;
      case 'cut':
        this.#cut(client, step);
        return;
      case 'storeLoses':
        this.#world.store.sessions.delete(client.state.sid);
        return;
      case 'renew':
        this.#renew(client, step);
        return;
      case 'dismiss':
        this.#atOwnConnection(client, (connection) => connection.feed({ kind: 'end' }));
        return;
      case 'expire':
        this.#world.credentials.expire(client.subject);
        return;
      case 'steal':
        steal(this.#world, client.state.sid, step.uses);
        return;
      default:
        this.#withProcess(client, step);
    }
  }

  /** What concerns a client's process alone. */
  #withProcess(client: ClientSide, step: Inward): void {
    const { nowMs } = this.#world.agenda;
    switch (step.do) {
      case 'cancel':
        client.whenAwake(() => client.tell({ kind: 'cancel', id: client.lastSent }));
        return;
      case 'end':
        client.whenAwake(() => client.end());
        return;
      case 'suspend':
        this.#met(`client frozen, its clock ${step.clockStops ? 'too' : 'not'}`);
        client.freeze(step.forMs, step.clockStops);
        return;
      case 'drift':
        client.clock.drift(step.rate);
        client.look();
        return;
      case 'jump':
        this.#met(`client's clock jumped ${step.byMs < 0 ? 'back' : 'ahead'}`);
        client.clock.jump(step.byMs);
        client.look();
        return;
      case 'slowDisk':
        client.disk.slow = { extraMs: step.extraMs, untilMs: nowMs + step.forMs };
        return;
      case 'slowApp':
        client.reader.slow = { extraMs: step.extraMs, untilMs: nowMs + step.forMs };
        return;
      case 'diskFails':
        client.disk.failsUntilMs = nowMs + step.forMs;
        return;
      case 'appFails':
        client.reader.failsUntilMs = nowMs + step.forMs;
        return;
      default:
        client.whenAwake(() => client.tell({ kind: step.do }));
    }
  }

  #met(what: string): void {
    this.#world.witness.meet(what);
  }

  #send(client: ClientSide, { count, keyed, ttlMs }: Of<'send'>): void {
    for (let n = 0; n < count; n++) {
      const id = ++this.#count;
      client.lastSent = id;
      const key = keyed ? `k${id}` : undefined;
      client.sends.send({ kind: 'send', id, payload: payloadFor(id), key, ttlMs: ttlMs ?? undefined });
    }
  }

  #say(client: ClientSide, { count, from }: Of<'say'>): void {
    const { sid } = client.state;
    for (let n = 0; n < count; n++) {
      const id = ++this.#count;
      const payload = payloadFor(id);
      if (from === 'own') this.#atOwnConnection(client, (own) => own.feed({ kind: 'send', id, payload }));
      else {
        const request = { op: 'append', sid, id, payload } as const;
        const result = this.#world.ask(request);
        if (result.kind === 'appended') this.#world.tellOthers(sid, { kind: 'grown', tx: result.seq });
      }
    }
  }

  /** Where the client's session is open, if it is. */
  #atOwnConnection({ state: { sid } }: ClientSide, task: (connection: Connection) => void): void {
    for (const server of this.#world.servers) {
      for (const connection of server.connections) {
        const { state } = connection.line;
        if (state.kind !== 'open' || state.sid !== sid) continue;
        server.whenAwake(() => task(connection));
        return;
      }
    }
  }

  #renew(client: ClientSide, { withinMs, as }: Of<'renew'>): void {
    client.renewsAs = as;
    this.#atOwnConnection(client, (connection) => connection.renew(withinMs));
  }

  /** The host of a process that dies says so on its lines, unless it dies as well. */
  #crash(client: ClientSide, step: Of<'crash'>): void {
    const lines = this.#world.linesOf(client);
    client.crash(step);
    for (const line of lines) {
      if (step.downMs % 3 === 0) line.cut();
      this.#world.leave(line);
    }
  }

  /**
   * Of what was in no session yet nobody could tell the copies apart, had the shell not given it keys; and the copy of a copy is one
   * that has crashed.
   */
  #copy(client: ClientSide): void {
    const { clients, witness } = this.#world;
    const found = client.disk.read();
    if ((found?.session.sid ?? '') === '' || client.isCopy || clients.length > 3) return;
    witness.copied = true;
    this.#met('copied');
    this.#world.addClient(`${client.name}-${clients.length}`, found);
  }

  /** The clone finds that the stored session has an owner. */
  #fork({ subject }: ClientSide): void {
    const { clients } = this.#world;
    if (clients.length > 3) return;
    this.#met('forked');
    this.#world.addClient(`${subject}+${clients.length}`, null);
  }

  #cut(client: ClientSide, { heard }: Of<'cut'>): void {
    const line = this.#world.linesOf(client).at(-1);
    if (line === undefined) return;
    const { agenda, weather, servers } = this.#world;
    this.#met(`cut, heard by ${heard}`);
    line.cut();
    const random = this.#world.chance(CUTS);
    const lateMs = () => weather.latencyMs(line.server, random);
    const server = servers[line.server];
    if (heard === 'both' || heard === 'client')
      agenda.after(lateMs(), () => client.whenAwake(() => this.#world.clientHears(line)));
    if ((heard === 'both' || heard === 'server') && server !== undefined)
      agenda.after(lateMs(), () => server.whenAwake(() => this.#world.serverHears(server, line)));
  }
}

type Inward = Extract<
  Step,
  | { do: 'cancel' | 'end' | 'suspend' | 'drift' | 'jump' | 'slowDisk' | 'slowApp' | 'wake' | 'move' | 'flush' }
  | { do: 'diskFails' | 'appFails' }
>;
