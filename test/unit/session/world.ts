import { stepClient } from '../../../src/session/clientMachine.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientState,
  savedOf,
} from '../../../src/session/clientState.ts';
import { decodeFromClient, decodeFromServer, encode } from '../../../src/session/codec.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import { serverState, stepServer } from '../../../src/session/serverMachine.ts';
import type { ServerEffect, ServerEvent, ServerState, StoreRequest } from '../../../src/session/serverState.ts';
import { MemoryStore, type Steps } from './memoryStore.ts';
import { CLIENT, type Client, SERVER } from './parties.ts';
import { Witness } from './witness.ts';

/** Ways to break a part of the world on purpose. */
export interface Flaws {
  readonly steps?: Partial<Steps>;
  readonly liesAboutSaving?: boolean;
  readonly acksBeforeAccepting?: boolean;
  readonly forgetsKeys?: boolean;
  readonly ignoresLinks?: boolean;
  readonly swallowsGaps?: boolean;
}

type Wire = string | Uint8Array;
interface Line {
  readonly id: string;
  readonly server: number;
  readonly up: Wire[];
  readonly down: Wire[];
  /** What each end believes. */
  clientEnd: boolean;
  serverEnd: boolean;
  state: ServerState;
  /** Requests to the store in flight. */
  readonly asked: StoreRequest[];
}

/** Clients, two servers over one store, and a network between them. Everything happens when {@link World.act} says so. */
export class World {
  nowMs = 1_000;
  healed = false;
  readonly store: MemoryStore;
  readonly lines = new Map<string, Line>();
  readonly clients: Client[] = [];
  readonly shown: { sid: string; token: string; subject: string }[] = [];
  readonly witness: Witness;
  readonly random: () => number;
  private readonly flaws: Flaws;
  private made = 0;

  constructor(random: () => number, steps: Steps, flaws: Flaws = {}) {
    this.random = random;
    this.flaws = flaws;
    this.store = new MemoryStore(SERVER.replay, { ...steps, ...flaws.steps });
    this.witness = new Witness(this.store);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  addClient(name: string, disk = 'null'): Client {
    const client: Client = { name, life: 0, state: this.restored(disk), disk, writing: null };
    this.clients.push(client);
    this.tell(client, { kind: 'start' });
    return client;
  }

  private restored(disk: string): ClientState {
    return clientState(JSON.parse(disk)?.session ?? null, CLIENT, this.nowMs);
  }

  /** Kills a client's process: what is not on its disk is gone. Its lines hang in the air. */
  crash(client: Client): void {
    for (const line of this.linesOf(client)) line.clientEnd = false;
    client.life++;
    client.writing = null;
    client.state = this.restored(client.disk);
    this.witness.restored(client.name, JSON.parse(client.disk)?.app ?? null);
    this.tell(client, { kind: 'start' });
  }

  /** Kills a server: its requests may have reached the store, but nobody hears of it. */
  crashServer(server: number): void {
    for (const line of this.lines.values()) {
      if (line.server !== server || !line.serverEnd) continue;
      for (const request of line.asked)
        if (this.random() < 0.5) this.witness.ran(request, this.store.run(request, this.nowMs));
      line.asked.length = 0;
      line.serverEnd = false;
      line.state = { kind: 'closed' };
    }
  }

  linesOf(client: Client): Line[] {
    return [...this.lines.values()].filter(
      ({ id, clientEnd }) => clientEnd && id.startsWith(`${client.name}.${client.life}.`),
    );
  }

  send(client: Client, key: boolean, ttlMs: number | undefined): void {
    const number = this.witness.next();
    const payload = payloadOf(number % 5 === 0 ? Uint8Array.of(number >> 8, number & 255) : { number });
    if (payload === null) throw new Error('no payload');
    this.tell(client, { kind: 'send', id: number, payload, ttlMs, ...(key ? { key: `k${number}` } : {}) });
  }

  tell(client: Client, event: ClientEvent): void {
    const { state, effects } = stepClient(client.state, event, CLIENT, this);
    client.state = state;
    for (const effect of effects) this.runClient(client, effect);
    this.witness.sound(client);
  }

  private runClient(client: Client, effect: ClientEffect): void {
    const line = 'link' in effect ? this.lines.get(`${client.name}.${client.life}.${effect.link}`) : undefined;
    if (effect.kind === 'connect') this.dial(client, effect.link);
    else if (effect.kind === 'transmit' && line?.clientEnd) line.up.push(encode(effect.frame));
    else if (effect.kind === 'drop' && line !== undefined) line.clientEnd = false;
    else if (effect.kind === 'save') {
      client.writing = JSON.stringify({ session: savedOf(client.state, this.nowMs), app: this.witness.appOf(client) });
      if (this.flaws.liesAboutSaving) this.tell(client, { kind: 'saved' });
    } else this.witness.saw(client, effect);
    if (effect.kind === 'deliver') this.tell(client, { kind: 'handed', stream: effect.stream, rx: effect.seq });
    if (effect.kind === 'gap' && effect.to !== null && effect.direction === 's2c') {
      this.tell(client, { kind: 'handed', stream: effect.stream, rx: effect.to });
    }
  }

  private dial(client: Client, link: number): void {
    const id = `${client.name}.${client.life}.${link}`;
    const server = this.random() < 0.5 ? 0 : 1;
    const state = serverState(SERVER, this.nowMs);
    this.lines.set(id, { id, server, up: [], down: [], clientEnd: true, serverEnd: true, state, asked: [] });
  }

  /** What a client wrote is on its disk now. */
  flushDisk(client: Client): void {
    if (client.writing === null) return;
    client.disk = client.writing;
    client.writing = null;
    if (!this.flaws.liesAboutSaving) this.tell(client, { kind: 'saved' });
  }

  feed(line: Line, event: ServerEvent): void {
    const { state, effects } = stepServer(line.state, event, SERVER, this);
    line.state = state;
    if (
      this.flaws.acksBeforeAccepting &&
      event.kind === 'frame' &&
      event.frame.kind === 'message' &&
      state.kind === 'open'
    ) {
      line.down.push(encode({ kind: 'ack', ack: event.frame.seq }));
    }
    for (const effect of effects) this.runServer(line, effect);
    this.witness.soundServer(state);
  }

  private runServer(line: Line, effect: ServerEffect): void {
    if (effect.kind === 'transmit') line.down.push(encode(effect.frame));
    else if (effect.kind === 'drop') line.serverEnd = false;
    else if (effect.kind === 'store') line.asked.push(effect.request);
    else if (effect.kind === 'authenticate') {
      const n = ++this.made;
      const hash = `#${effect.token ?? ''}`;
      const fresh = { sid: `s${n}`, stream: `r${n}`, token: `t${n}`, hash: `#t${n}` };
      this.feed(line, { kind: 'authenticated', subject: this.subjectOf(line), hash, fresh });
    } else if (effect.kind === 'gap' && line.state.kind === 'open')
      this.witness.serverGap(line.state.stream, effect.range);
  }

  /** A copy of a tab speaks for the same person. */
  private subjectOf({ id }: Line): string {
    return id.replace(/[-.].*/, '');
  }

  /** Moves one thing along a line: a frame, an answer of the store, the news that it is closed. */
  carry(line: Line, failing: number): void {
    const moves: (() => void)[] = [];
    if (line.up.length > 0) moves.push(() => this.arriveAtServer(line));
    if (line.down.length > 0) moves.push(() => this.arriveAtClient(line));
    if (line.asked.length > 0) moves.push(() => this.answer(line, failing));
    if (!line.clientEnd && line.up.length === 0 && line.serverEnd) {
      moves.push(() => {
        line.serverEnd = false;
        this.feed(line, { kind: 'closed' });
      });
    }
    if (!line.serverEnd && line.down.length === 0 && line.clientEnd) moves.push(() => this.hangUp(line));
    this.pick(moves)?.();
    if (!line.clientEnd && !line.serverEnd && line.asked.length === 0) this.lines.delete(line.id);
  }

  private owner(line: Line): { client: Client; link: number } | undefined {
    const [name, life, link] = line.id.split('.');
    const client = this.clients.find((one) => one.name === name && one.life === Number(life));
    return client === undefined ? undefined : { client, link: Number(link) };
  }

  private hangUp(line: Line): void {
    line.clientEnd = false;
    const owner = this.owner(line);
    if (owner !== undefined) this.tell(owner.client, { kind: 'closed', link: owner.link, code: 1006 });
  }

  /** Breaks a line in the middle: what is on the way is lost, and each end finds out in its own time. */
  cut(line: Line): void {
    line.up.length = 0;
    line.down.length = 0;
    this.pick([() => this.hangUp(line), () => this.feed(line, { kind: 'closed' })])?.();
    line.serverEnd = line.serverEnd && line.state.kind !== 'closed';
  }

  private arriveAtServer(line: Line): void {
    const wire = line.up.shift();
    if (wire === undefined || !line.serverEnd) return;
    const decoded = decodeFromClient(wire, SERVER.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`server can't read ${String(wire)}`);
    const { frame } = decoded;
    if (frame.kind === 'hello' && frame.sid !== '') {
      this.shown.push({ sid: frame.sid, token: frame.token, subject: this.subjectOf(line) });
    }
    this.feed(line, { kind: 'frame', frame, bytes: wire.length });
  }

  private arriveAtClient(line: Line): void {
    const wire = line.down.shift();
    const owner = this.owner(line);
    if (wire === undefined || owner === undefined) return;
    const decoded = decodeFromServer(wire, CLIENT.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`client can't read ${String(wire)}`);
    const { client } = owner;
    // A frame of a line that the client has left still comes: the machine has to know that it is late.
    const now = this.flaws.ignoresLinks ? (client.state.link?.id ?? owner.link) : owner.link;
    const frame = decoded.frame;
    if (this.flaws.swallowsGaps && frame.kind === 'welcome' && frame.replayFrom > client.state.rx + 1) {
      client.state = { ...client.state, rx: frame.replayFrom - 1 };
    }
    this.tell(client, { kind: 'frame', link: now, frame, bytes: wire.length });
  }

  private answer(line: Line, failing: number): void {
    const request = line.asked.shift();
    if (request === undefined) return;
    const fate = this.random();
    const failed = { kind: 'failed', op: request.op, ...(request.op === 'append' ? { id: request.id } : {}) } as const;
    if (fate < failing / 2) {
      this.feed(line, { kind: 'stored', result: failed });
      return;
    }
    if (this.flaws.forgetsKeys) this.store.keys.clear();
    const result = this.store.run(request, this.nowMs);
    this.witness.ran(request, result);
    this.feed(line, { kind: 'stored', result: fate < failing ? failed : result });
  }

  /** A transport comes up. */
  connect(client: Client): void {
    const attempt = client.state.attempts.find(({ kind }) => kind === 'connecting');
    if (attempt === undefined) return;
    const line = this.lines.get(`${client.name}.${client.life}.${attempt.id}`);
    if (line !== undefined) this.tell(client, { kind: 'opened', link: attempt.id, host: `https://h${line.server}` });
  }
}
