import type { KeyValueStore, OwnerLock } from '../../../../src/runtime/ports.ts';
import { decodeFromClient, encode } from '../../../../src/session/codec.ts';
import type { FrameFromClient, FrameToClient } from '../../../../src/session/frames.ts';
import { payloadOf } from '../../../../src/session/payload.ts';
import { nextServerTickMs, serverState, stepServer } from '../../../../src/session/serverMachine.ts';
import { SERVER_POLICY, type ServerPolicy } from '../../../../src/session/serverPolicy.ts';
import type { HostsNews, ServerEffect, ServerEvent, ServerState } from '../../../../src/session/serverState.ts';
import { PlainStore } from '../../../../src/simulate/schedules/plainStore.ts';
import { openChannel } from '../../../../src/socket/channel/openChannel.ts';
import type { Channel, ChannelOptions } from '../../../../src/socket/channel/types.ts';
import type { PlainSocket, WebSocketConstructor } from '../../../../src/socket/plainSocket.ts';
import { world as poolWorld, type WorldOptions } from '../../runtime/world.ts';

export { A, B } from '../../runtime/world.ts';

/** How a host meets a new connection. `mute`: it accepts and says nothing. `gone`: not even that. `busy`: it says so, and closes; `fickle`: after its welcome. */
export type Manner = 'serves' | 'mute' | 'gone' | 'refuses' | 'busy' | 'fickle';

/** One connection, as its server sees it. */
class Line implements PlainSocket {
  binaryType = '';
  bufferedAmount = 0;
  extensions = '';
  protocol = '';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  state: ServerState;
  /** What came from the client, in order. */
  readonly received: FrameFromClient[] = [];
  /** By which code the client has closed; null while it has not. */
  closedWith: number | null = null;
  /** Nothing passes any more, in either direction. */
  frozen = false;
  readonly url: string;
  readonly origin: string;
  private readonly world: Servers;
  private readonly disk: Disk | undefined;
  private ended = false;

  constructor(world: Servers, url: string, disk?: Disk) {
    this.world = world;
    this.disk = disk;
    this.url = url;
    this.origin = new URL(url).origin.replace(/^ws/, 'http');
    this.state = serverState(world.policy, world.nowMs);
    world.lines.push(this);
    queueMicrotask(() => this.meet(world.manners.get(this.origin) ?? 'serves'));
  }

  private meet(manner: Manner): void {
    if (this.ended) return;
    this.frozen = manner === 'gone' || manner === 'mute';
    if (manner === 'refuses') this.cut();
    else if (manner !== 'gone' && manner !== 'busy') this.onopen?.({} as never);
    if (manner === 'busy' || manner === 'fickle') this.feed({ kind: 'close', code: 1013, windowMs: 0 });
  }

  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void {
    if (this.ended || this.frozen || this.disk?.dead) return;
    const decoded = decodeFromClient(data as string | Uint8Array, this.world.policy.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`the client sent ${String(data)}`);
    this.received.push(decoded.frame);
    this.feed({ kind: 'frame', frame: decoded.frame, bytes: 1 });
  }

  close(code = 1005): void {
    if (this.closedWith === null) this.closedWith = code;
    this.ended = true;
    if (!this.frozen && !this.disk?.dead && this.state.kind !== 'closed') this.feed({ kind: 'closed' });
  }

  /** The transport breaks: both ends see it. */
  cut(code = 1006): void {
    if (this.ended) return;
    this.ended = true;
    if (!this.frozen && this.state.kind !== 'closed') this.feed({ kind: 'closed' });
    this.onclose?.({ code, reason: '', wasClean: code !== 1006 } as never);
  }

  feed(event: ServerEvent): void {
    const { state, effects } = stepServer(this.state, event, this.world.policy, { nowMs: this.world.nowMs });
    this.state = state;
    for (const effect of effects) this.run(effect);
    this.world.arm();
  }

  /** Something that no server of ours says. */
  say(data: string | Uint8Array | FrameToClient): void {
    const wire = typeof data === 'string' || data instanceof Uint8Array ? data : encode(data);
    const bytes = typeof wire === 'string' ? wire : wire.slice().buffer;
    if (!this.frozen && !this.disk?.dead) this.onmessage?.({ data: bytes } as never);
  }

  private run(effect: ServerEffect): void {
    if (effect.kind === 'transmit') {
      if (!this.ended) this.say(effect.frame);
    } else if (effect.kind === 'drop') this.cut(effect.code);
    else if (effect.kind === 'store') {
      const result = this.world.store.run(effect.request, this.world.nowMs);
      this.feed({ kind: 'stored', result, news: this.world.news });
    } else if (effect.kind === 'authenticate') this.world.authenticate(this, effect.auth, effect.token);
  }
}

/** Servers over one store: the real machine of a server, and nothing else that is real. */
class Servers {
  readonly lines: Line[] = [];
  readonly manners = new Map<string, Manner>();
  readonly store: PlainStore;
  readonly policy: ServerPolicy;
  /** Credentials that are accepted; null: any, and none. */
  good: Set<string> | null = null;
  readonly shown: (string | undefined)[] = [];
  /** What each welcome tells of the hosts. */
  news: HostsNews = {};
  private made = 0;
  private cancel = () => {};
  private readonly clock: { now(): number; setTimer(callback: () => void, delayMs: number): () => void };

  constructor(clock: Servers['clock'], policy: Partial<ServerPolicy>) {
    this.clock = clock;
    this.policy = { ...SERVER_POLICY, ...policy };
    this.store = new PlainStore(this.policy.replay);
  }

  get nowMs(): number {
    return this.clock.now();
  }

  /** The class by which a process connects; the disk tells whether it lives. */
  socketOf(disk?: Disk): WebSocketConstructor {
    const world = this;
    return class extends Line {
      constructor(url: string) {
        super(world, url, disk);
      }
    };
  }

  authenticate(line: Line, auth: string | undefined, token: string | null): void {
    this.shown.push(auth);
    if (this.good !== null && !this.good.has(auth ?? '')) {
      line.feed({ kind: 'close', code: 4401 });
      return;
    }
    const n = ++this.made;
    const fresh = { sid: `s${n}`, stream: `r${n}`, token: `t${n}`, hash: `#t${n}` };
    line.feed({ kind: 'authenticated', subject: 'ann', hash: `#${token ?? ''}`, fresh });
  }

  arm(): void {
    this.cancel();
    const dueMs = Math.min(...this.lines.map((line) => (line.frozen ? Infinity : nextServerTickMs(line.state))));
    if (dueMs > this.nowMs + 1e9) return;
    this.cancel = this.clock.setTimer(() => {
      for (const line of this.lines) {
        if (!line.frozen && nextServerTickMs(line.state) <= this.nowMs) line.feed({ kind: 'tick' });
      }
      this.arm();
    }, dueMs - this.nowMs);
  }

  /** The newest connection. */
  get last(): Line {
    const line = this.lines.at(-1);
    if (line === undefined) throw new Error('nobody has connected');
    return line;
  }

  /** The application speaks to the client, through its newest session. */
  speak(...data: unknown[]): void {
    for (const one of data) {
      const payload = payloadOf(one);
      if (payload === null) throw new Error('no payload');
      this.last.feed({ kind: 'send', id: 0, payload });
    }
  }

  /** What the servers' application has got. */
  get got(): unknown[] {
    return this.store.effects.map(({ data }) => data);
  }

  /** The host dies: connections break, and new ones meet `manner`. */
  kill(origin: string, manner: Manner = 'refuses'): void {
    this.manners.set(origin, manner);
    for (const line of this.lines.filter((one) => one.origin === origin)) line.cut();
  }

  /** The host vanishes without a word, for old and new connections. */
  vanish(origin: string): void {
    this.manners.set(origin, 'gone');
    for (const line of this.lines.filter((one) => one.origin === origin)) line.frozen = true;
  }
}

const OWNERS = new WeakMap<Map<string, string>, Map<string, Disk>>();

/** A store that outlives the process that writes to it. Answers a moment later; may stop, fail or hang. */
export class Disk implements KeyValueStore {
  readonly values: Map<string, string>;
  /** Keys, in the order in which they were written or deleted. */
  readonly writes: string[] = [];
  /** At the next write after so many the process dies, with that write done or not. */
  left = Infinity;
  lastIsDone = false;
  /** Nothing of a dead process is written or sent any more. */
  dead = false;
  private now: 'well' | 'full' | 'hangs' | 'broken' = 'well';
  /** Who waits for it to answer again. */
  private hanging: (() => void)[] = [];
  readonly locks: OwnerLock = {
    acquire: (name) => {
      const owners = OWNERS.get(this.values) ?? new Map<string, Disk>();
      OWNERS.set(this.values, owners);
      if (owners.get(name)?.dead === false) return null;
      owners.set(name, this);
      return () => void owners.delete(name);
    },
  };

  /** @param values What lies there already; two disks over the same are two processes. */
  constructor(values = new Map<string, string>()) {
    this.values = values;
  }

  set mood(mood: Disk['now']) {
    this.now = mood;
    if (mood !== 'hangs') for (const go of this.hanging.splice(0)) go();
  }

  async get(key: string): Promise<string | undefined> {
    await null;
    if (this.now === 'broken') throw new Error('the disk is broken');
    if (this.now === 'hangs') await new Promise<void>((go) => this.hanging.push(go));
    return this.values.get(key);
  }

  set = (key: string, value: string): Promise<void> => this.write(key, () => this.values.set(key, value));
  delete = (key: string): Promise<void> => this.write(key, () => this.values.delete(key));

  private async write(key: string, act: () => void): Promise<void> {
    await null;
    if (this.now === 'hangs') await new Promise<void>((go) => this.hanging.push(go));
    if (this.now === 'full') throw new Error('the disk is full');
    const last = this.left-- <= 0;
    if (this.dead) return new Promise(() => {});
    if (!last || this.lastIsDone) act();
    this.dead = last;
    if (last) return new Promise(() => {});
    this.writes.push(key);
  }
}

export interface Setup extends WorldOptions {
  readonly channel?: ChannelOptions;
  readonly server?: Partial<ServerPolicy>;
  readonly path?: string;
}

/** A channel in a world of its own: time, hosts and storage are the test's. */
export function channelWorld({ channel: options = {}, server = {}, path = '/channel', ...rest }: Setup = {}) {
  const world = poolWorld(rest);
  const servers = new Servers(world.clock, server);
  const open = (more: ChannelOptions = {}): Channel => {
    const { storage } = { ...options, ...more };
    const WebSocket = servers.socketOf(storage instanceof Disk ? storage : undefined);
    return openChannel(world.pool, path, { WebSocket, ...options, ...more });
  };
  const channel = open();
  const messages: unknown[] = [];
  const told: string[] = [];
  const hear = (one: Channel, name = '') => {
    one.on('state', ({ kind, host }) => told.push(`${name}${kind} ${host?.slice(8, 9) ?? '-'}`));
    one.on('resumed', ({ result }) => told.push(`${name}${result}`));
    one.on('gap', ({ direction, range }) => told.push(`${name}gap ${direction} ${range?.join('-') ?? '?'}`));
    one.on('warning', ({ code }) => told.push(`${name}warning ${code}`));
    one.on('error', ({ code }) => told.push(`${name}error ${code}`));
  };
  hear(channel);
  return {
    ...world,
    channel,
    open,
    hear,
    servers,
    messages,
    told,
    news: () => told.splice(0),
    /** Takes messages as they come. */
    listen: () => channel.on('message', (data) => messages.push(data)),
    pass: (ms: number) => world.clock.advance(ms),
  };
}
