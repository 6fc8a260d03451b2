import { decodeFromServer, encode } from '../../session/codec.ts';
import { CLOSE, type FrameToClient } from '../../session/frames.ts';
import type { OutboxLimits } from '../../session/outbox.ts';
import type { ServerEvent, StoreRequest, StoreResult } from '../../session/serverState.ts';
import { RandomStreams } from '../core/randomStreams.ts';
import { Agenda } from './agenda.ts';
import { ClientSide, type ClientWorld } from './clientSide.ts';
import { Clock } from './clock.ts';
import { Credentials } from './credentials.ts';
import type { Piece } from './disk.ts';
import { Line, type Wire } from './line.ts';
import type { Parts } from './parts.ts';
import { PlainStore } from './plainStore.ts';
import type { Schedule } from './schedule.ts';
import { ServerSide } from './serverSide.ts';
import type { ServerWorld } from './serverWorld.ts';
import { Weather } from './weather.ts';
import { Witness } from './witness.ts';

const SERVERS = 2;
const NAMES = ['ann', 'bob', 'cleo', 'dan'];
/** A stream of chance for each part of a client and each server, then those that lines share. */
const OWN_STREAMS = 64;
const STREAMS = 512;
const FIRST_CLIENT = 8;
const NEWS = 40;
/** When an end hears that its line was cut. */
export const CUTS = 48;

type Network = Parameters<ClientWorld['network']>[1];

/** Clients, two servers over one store, and a network between them. */
export class World implements ClientWorld, ServerWorld {
  readonly agenda = new Agenda();
  readonly weather = new Weather(this.agenda, (name) => this.witness.meet(name));
  readonly credentials = new Credentials();
  readonly clients: ClientSide[] = [];
  readonly servers: ServerSide[] = [];
  readonly parts: Parts;
  readonly storeClock = new Clock(this.agenda);
  readonly whenFull: OutboxLimits['whenFull'];
  readonly store: PlainStore;
  readonly witness: Witness;
  readonly #streams: RandomStreams;
  readonly #lines = new Map<string, Line>();
  #clientsMade = 0;
  #drawn = 0;

  constructor({ seed, clients, whenFull }: Omit<Schedule, 'steps'>, parts: Parts) {
    this.parts = parts;
    this.whenFull = whenFull;
    this.store = new PlainStore(parts.server.replay, parts.steps);
    this.witness = new Witness(this.store, this.storeClock);
    this.#streams = new RandomStreams(seed, STREAMS);
    for (let at = 0; at < SERVERS; at++) this.servers.push(new ServerSide(at, this, this.chance(at)));
    for (const name of NAMES.slice(0, clients)) this.addClient(name, null);
  }

  /** A stream of chance that nothing else draws from. */
  chance(stream: number): () => number {
    return () => this.#streams.of(stream)();
  }

  addClient(name: string, found: Piece | null): ClientSide {
    const first = FIRST_CLIENT + 3 * this.#clientsMade++;
    const [machine, ofDisk, app] = [this.chance(first), this.chance(first + 1), this.chance(first + 2)];
    const client = new ClientSide(name, found, this, { machine, disk: ofDisk, app });
    this.clients.push(client);
    client.start();
    return client;
  }

  fresh(): { readonly sid: string; readonly stream: string; readonly token: string; readonly hash: string } {
    const n = ++this.#drawn;
    return { sid: `s${n}`, stream: `r${n}`, token: `t${n}`, hash: `#t${n}` };
  }

  /** The lines of a client's process, oldest first. */
  linesOf({ name, life }: ClientSide): readonly Line[] {
    return [...this.#lines.values()].filter((line) => line.clientOpen && line.name === name && line.life === life);
  }

  network(client: ClientSide, effect: Network): void {
    if (effect.kind === 'connect') {
      this.#dial(client, effect);
      return;
    }
    const line = this.#lines.get(`${client.name}.${client.life}.${effect.link}`);
    if (line === undefined || !line.clientOpen) return;
    if (effect.kind === 'transmit') {
      const wire = encode(effect.frame);
      line.carry('up', () => this.#atServer(line, (server) => server.connectionOf(line)?.arrive(wire)));
    } else this.leave(line);
  }

  /** The client's end closes. */
  leave(line: Line): void {
    line.clientOpen = false;
    line.carry('up', () => this.#atServer(line, (server) => this.serverHears(server, line)));
    this.#forget(line);
  }

  serverHears(server: ServerSide, line: Line): void {
    if (!line.serverOpen) return;
    server.hears(line);
    this.#forget(line);
  }

  /** The client's end hears that the line is gone. */
  clientHears(line: Line): void {
    if (!line.clientOpen) return;
    line.clientOpen = false;
    this.#ownerOf(line)?.tell({ kind: 'closed', link: line.link, code: 1006 });
    this.#forget(line);
  }

  /** To a host that is named, or to any other than those to stay away from. */
  #dial(client: ClientSide, { link, to, avoid }: Extract<Network, { kind: 'connect' }>): void {
    const random = this.chance(
      OWN_STREAMS + ((NAMES.indexOf(client.subject) * 131 + client.life * 37 + link) % (STREAMS - OWN_STREAMS)),
    );
    const hosts = this.servers.map(({ at }) => hostOf(at));
    const rest = hosts.filter((host) => !avoid.includes(host));
    const choice = rest.length > 0 ? rest : hosts;
    const host = to !== null && hosts.includes(to) ? to : choice[Math.floor(random() * choice.length)];
    const server = this.servers[hosts.indexOf(host ?? '')];
    if (server === undefined) throw new RangeError(`no host ${host}`);
    const line = new Line(this, client, link, server, random);
    this.#lines.set(`${client.name}.${client.life}.${link}`, line);
    line.carry('up', () => {
      if (!server.running || line.serverLife !== server.life) {
        line.serverOpen = false;
        line.carry('down', () => this.#atClient(line, () => this.clientHears(line)));
        return;
      }
      server.take(line);
      line.carry('down', () => this.#atClient(line, (owner) => owner.opened(link, hostOf(server.at))));
    });
  }

  #forget(line: Line): void {
    // Frames of a line that its client has left still come: its machine has to know that they are late.
    if (line.isOver) this.#lines.delete(`${line.name}.${line.life}.${line.link}`);
  }

  #ownerOf({ name, life }: Line): ClientSide | undefined {
    return this.clients.find((client) => client.name === name && client.life === life && client.running);
  }

  #atClient(line: Line, task: (client: ClientSide) => void): void {
    const owner = this.#ownerOf(line);
    owner?.whenAwake(() => {
      if (owner.life === line.life) task(owner);
    });
  }

  /** A process that has died since does not know the line: its host says so. */
  #atServer(line: Line, task: (server: ServerSide) => void): void {
    const server = this.servers[line.server];
    if (server === undefined || !server.running) return;
    if (server.life === line.serverLife) server.whenAwake(() => task(server));
    else line.carry('down', () => this.#atClient(line, () => this.clientHears(line)));
  }

  toClient(line: Line, frame: FrameToClient): void {
    const wire = encode(frame);
    line.carry('down', () => this.#atClient(line, (client) => this.#arrive(client, line, wire)));
  }

  #arrive(client: ClientSide, { link }: Line, wire: Wire): void {
    const decoded = decodeFromServer(wire, this.parts.client.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`a client can't read ${String(wire)}`);
    client.tell({ kind: 'frame', link, frame: decoded.frame, bytes: wire.length });
  }

  closed(line: Line): void {
    line.carry('down', () => this.#atClient(line, () => this.clientHears(line)));
  }

  ask<R extends StoreRequest>(request: R): StoreResult {
    const result = this.store.run(request, this.storeClock.nowMs);
    this.witness.ran(request, result);
    return result;
  }

  announce(request: StoreRequest, result: StoreResult): void {
    if (result.kind === 'appended') this.tellOthers(request.sid, { kind: 'grown', tx: result.seq });
    if (result.kind !== 'attached') return;
    const { sid, epoch } = result.record;
    this.tellOthers(sid, { kind: 'superseded', epoch });
  }

  /** Tells connections of what the store did for another: late, or not at all, since a store in another process may keep it to itself. */
  tellOthers(sid: string, news: ServerEvent): void {
    const random = this.chance(NEWS);
    for (const server of this.servers) {
      for (const connection of server.connections) {
        const { state } = connection.line;
        if (state.kind !== 'open' || state.sid !== sid || random() < 0.3) continue;
        this.agenda.after(this.weather.storeMs(random), () => server.whenAwake(() => connection.feed(news)));
      }
    }
  }

  /** The end of what faults do, and of the copies. */
  heal(): void {
    this.weather.clear();
    for (const client of this.clients) client.heal();
    for (const copy of this.clients.filter(({ isCopy }) => isCopy)) {
      for (const line of this.linesOf(copy)) this.leave(line);
      copy.retire();
      this.clients.splice(this.clients.indexOf(copy), 1);
    }
  }

  /** Nothing is left to be done, but to ask now and then whether the other is still there. */
  get isQuiet(): boolean {
    return this.clients.every(({ state, disk, running, sends }) => {
      const { link, attempts, connectAtMs, outbox, handed, rx, sid, saved, saving, givenUp } = state;
      if (saving !== null || givenUp.length > 0 || sends.count > 0) return false;
      if (!running || disk.isWriting || link?.kind !== 'live' || attempts.length > 0) return false;
      if (outbox.head !== outbox.end || handed !== rx || saved.rx !== rx || connectAtMs < Number.MAX_SAFE_INTEGER)
        return false;
      const record = this.store.sessions.get(sid)?.record;
      return record?.tx === rx && record.floor === rx && state.untold.length === 0;
    });
  }
}

const hostOf = (server: number): string => `https://h${server}`;

/** As {@link CLOSE.away}, for a server whose time is over. */
export const GOES: ServerEvent = { kind: 'close', code: CLOSE.away, windowMs: 500 };
