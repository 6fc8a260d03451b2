import { closeEnd } from '../../../policy/closeCode.ts';
import { NO_HINTS } from '../../../policy/hints.ts';
import type { AttemptEnd } from '../../../policy/outcome.ts';
import { recordOf } from '../../../policy/poolState.ts';
import { CLIENT_POLICY } from '../../../session/clientPolicy.ts';
import { CLOSE, type FrameFromServer } from '../../../session/frames.ts';
import type { DrainWish } from '../../../session/retryWindow.ts';
import { anotherHost, chooseHost } from './chooseHost.ts';
import { Greetings } from './greetings.ts';
import { WHAT } from './packets.ts';
import { NOWHERE, type SessionWorld } from './sessionWorld.ts';

/** The close code of a connection that ended without a word. */
const BROKEN = 1006;

/** What a host says to a client, and how its pool hears of it. */
interface Word {
  readonly frame: FrameFromServer;
  readonly end: AttemptEnd;
}

/** A connection on its way to its welcome. It may go through several hosts before its transport is up. */
export interface Dial {
  readonly link: number;
  readonly startedMs: number;
  readonly tried: readonly number[];
  readonly host: number;
  readonly isUp: boolean;
  /** True once its end at this host is booked with the pool. */
  readonly isBooked: boolean;
}

/** The connections of all clients: what `socket/channel/links.ts` and `socket/wire.ts` are to the product. */
export class Connections {
  /** Host of each client's open connection; {@link NOWHERE} for none. */
  readonly at: Uint8Array;
  readonly #world: SessionWorld;
  readonly #greetings: Greetings;
  /** Of each client's open connection: its number, when it was begun, and in which life of its host. */
  readonly #link: Int32Array;
  readonly #startedMs: Float64Array;
  readonly #life: Uint16Array;
  readonly #silent: Uint8Array;
  readonly #refusing: Uint8Array;
  readonly #dials = new Map<number, readonly Dial[]>();

  constructor(world: SessionWorld) {
    const { clients } = world.scenario;
    this.#world = world;
    this.#greetings = new Greetings(world);
    this.at = new Uint8Array(clients).fill(NOWHERE);
    this.#link = new Int32Array(clients);
    this.#startedMs = new Float64Array(clients);
    this.#life = new Uint16Array(clients);
    this.#silent = new Uint8Array(clients).fill(NOWHERE);
    this.#refusing = new Uint8Array(clients).fill(NOWHERE);
  }

  /** A client opens a connection. */
  connect(client: number, link: number, to: string | null): void {
    const busy = this.#busy(client);
    const named = to === null ? -1 : this.#world.hostAt(to);
    const aversions = { busy, silent: this.#silent[client] as number, refusing: this.#refusing[client] as number };
    const isFree = named >= 0 && !busy.includes(named) && named !== aversions.silent;
    const host = isFree ? named : chooseHost(this.#world, client, aversions);
    this.#open(client, { link, startedMs: this.#world.nowMs, tried: [] }, host);
  }

  /** The transport of a connection is up. */
  up(client: number, link: number): void {
    const dial = this.#dialOf(client, link);
    if (dial === undefined) return;
    this.#put(client, { ...dial, isUp: true });
    this.#world.tell(client, { kind: 'opened', link, host: this.#world.origins[dial.host] as string });
  }

  /** It could not be made, or broke before its welcome: another host that is well is tried at once. */
  failed(client: number, link: number): void {
    const world = this.#world;
    const dial = this.#dialOf(client, link);
    if (dial === undefined) return;
    const end = closeEnd(BROKEN, false);
    if (end !== null) world.book(client, dial.host, end, dial.startedMs);
    this.#remove(client, link);
    const other = dial.isUp ? undefined : anotherHost(world, client, dial.tried, this.#busy(client));
    if (other === undefined) world.tell(client, { kind: 'closed', link, code: BROKEN });
    else this.#open(client, dial, other);
  }

  /** A client greets its host. */
  hello(client: number, link: number): void {
    const dial = this.#dialOf(client, link);
    if (dial !== undefined) this.#greetings.hello(client, link, dial.host);
  }

  /** A host lets a client in, unless it has left meanwhile. */
  welcome(client: number, link: number, windowMs: number): void {
    const dial = this.#dialOf(client, link);
    if (dial === undefined) return;
    this.#world.tell(client, { kind: 'frame', link, frame: this.#greetings.welcome(client, windowMs), bytes: 0 });
  }

  /** It is open: the host serves. */
  opened(client: number, link: number): void {
    const world = this.#world;
    const dial = this.#dialOf(client, link);
    if (dial === undefined) return;
    this.#remove(client, link);
    this.at[client] = dial.host;
    this.#link[client] = link;
    this.#startedMs[client] = dial.startedMs;
    this.#life[client] = world.hosts[dial.host]?.lifeAt(world.nowMs) ?? 0;
    this.#silent[client] = this.#refusing[client] = NOWHERE;
    this.#greetings.opened(client, dial.host);
    world.book(client, dial.host, { kind: 'response', status: 101, retryAfterMs: null, hints: NO_HINTS }, world.nowMs);
  }

  /** A host turns a client away that has greeted it. */
  turnedAway(client: number, link: number, { frame, end }: Word): void {
    const dial = this.#dialOf(client, link);
    if (dial === undefined) return;
    this.#refusing[client] = dial.host;
    this.#put(client, { ...dial, isBooked: true });
    this.#world.tell(client, { kind: 'frame', link, frame, bytes: 0 });
    this.#world.book(client, dial.host, end, dial.startedMs);
  }

  /** A host sends a client away whose connection is open. */
  sentAway(client: number, { frame, end }: Word): void {
    const host = this.at[client] as number;
    const sinceMs = this.#sinceMs(client, host);
    this.#refusing[client] = host;
    this.#world.tell(client, { kind: 'frame', link: this.#link[client] as number, frame, bytes: 0 });
    this.#world.book(client, host, end, sinceMs);
  }

  /** A host will go, and asks a client whose connection is open to leave. */
  drained(client: number, { deadlineMs, jitterMs }: Required<DrainWish>): void {
    const host = this.at[client] as number;
    const frame = { kind: 'drain', deadlineMs, jitterMs } as const;
    const hints = { ...NO_HINTS, role: 'draining', retryWindowMs: jitterMs } as const;
    this.#world.tell(client, { kind: 'frame', link: this.#link[client] as number, frame, bytes: 0 });
    const end = { kind: 'response', status: 101, retryAfterMs: null, hints } as const;
    this.#world.book(client, host, end, this.#sinceMs(client, host));
  }

  /** True for a client whose open connection is of this life of its host. */
  isOf(client: number, life: number): boolean {
    return this.#life[client] === life;
  }

  /** An answer that comes on an open connection. */
  heard(client: number, link: number, retryWindowMs: number): void {
    if (!this.#isOpen(client, link)) return;
    this.#world.tell(client, { kind: 'frame', link, frame: { kind: 'pong', retryWindowMs }, bytes: 0 });
  }

  /** An open connection is reset. */
  reset(client: number, link = this.#link[client] as number): void {
    if (!this.#isOpen(client, link)) return;
    const host = this.at[client] as number;
    const sinceMs = this.#sinceMs(client, host);
    this.#left(client);
    const end = closeEnd(BROKEN, true);
    if (end !== null) this.#world.book(client, host, end, sinceMs);
    this.#world.tell(client, { kind: 'closed', link, code: BROKEN });
  }

  /** A client asks its host for a sign of life. One that has begun a new life knows nothing of the connection. */
  ping(client: number, link: number): void {
    if (!this.#isOpen(client, link)) return;
    const { nowMs, hosts } = this.#world;
    const host = hosts[this.at[client] as number];
    if (host === undefined) return;
    const isGone = host.lifeAt(nowMs) !== this.#life[client];
    this.#world.deliver(isGone ? WHAT.reset : WHAT.pong, client, link, host.answersAtMs(nowMs), host.windowMs);
  }

  /** A client lets go of a connection. One that had its time and stayed mute has failed, whether or not another was quicker. */
  drop(client: number, link: number, code: number): void {
    const { nowMs } = this.#world;
    const isOpen = this.#isOpen(client, link);
    const dial = this.#dialOf(client, link);
    const host = isOpen ? (this.at[client] as number) : dial?.host;
    if (host === undefined) return;
    const sinceMs = isOpen ? this.#sinceMs(client, host) : (dial?.startedMs ?? 0);
    if (isOpen) this.#left(client);
    else this.#remove(client, link);
    const isMute = code === CLOSE.silent || (!isOpen && nowMs - sinceMs >= CLIENT_POLICY.welcomeMs);
    if (isMute) {
      this.#silent[client] = host;
      this.#world.book(client, host, { kind: 'failure', fault: 'timeout' }, sinceMs);
    } else if (dial?.isBooked === false) this.#world.abandon(client, host, sinceMs);
  }

  #open(client: number, { link, startedMs, tried }: Pick<Dial, 'link' | 'startedMs' | 'tried'>, host: number): void {
    const { nowMs, hosts } = this.#world;
    this.#put(client, { link, startedMs, tried: [...tried, host], host, isUp: false, isBooked: false });
    const server = hosts[host];
    if (server === undefined) return;
    const refuses = server.phaseAt(nowMs).door === 'refuse';
    const atMs = refuses ? nowMs + server.host.latencyMs : server.answersAtMs(nowMs);
    this.#world.deliver(refuses ? WHAT.failed : WHAT.up, client, link, atMs);
  }

  #left(client: number): void {
    this.#greetings.left(client, this.at[client] as number, this.#life[client] as number);
    this.at[client] = NOWHERE;
  }

  /** A connection that stood has only now shown what its host is like; unless it is older than the host's present time in service. */
  #sinceMs(client: number, host: number): number {
    const { nowMs, origins, pools } = this.#world;
    const health = recordOf(pools.stateOf(client), origins[host] as string)?.health;
    const startedMs = this.#startedMs[client] as number;
    return health !== undefined && 'sinceMs' in health && startedMs < health.sinceMs ? startedMs : nowMs;
  }

  #isOpen(client: number, link: number): boolean {
    return this.at[client] !== NOWHERE && this.#link[client] === link;
  }

  #busy(client: number): number[] {
    const open = this.at[client] as number;
    const dialled = (this.#dials.get(client) ?? []).map(({ host }) => host);
    return open === NOWHERE ? dialled : [open, ...dialled];
  }

  #dialOf(client: number, link: number): Dial | undefined {
    return this.#dials.get(client)?.find((dial) => dial.link === link);
  }

  #put(client: number, dial: Dial): void {
    const others = (this.#dials.get(client) ?? []).filter(({ link }) => link !== dial.link);
    this.#dials.set(client, [...others, dial]);
  }

  #remove(client: number, link: number): void {
    const others = (this.#dials.get(client) ?? []).filter((dial) => dial.link !== link);
    if (others.length === 0) this.#dials.delete(client);
    else this.#dials.set(client, others);
  }
}
