import type { ClientPolicy } from '../../session/clientPolicy.ts';
import type { ClientEffect, ClientEvent, ClientState } from '../../session/clientState.ts';
import { CLOSE } from '../../session/frames.ts';
import type { OutboxLimits } from '../../session/outbox.ts';
import { Alarm } from './agenda.ts';
import { type App, withoutSession } from './app.ts';
import { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { Disk, type Piece } from './disk.ts';
import { Freezer } from './freezer.ts';
import { Reader, type ReadersClient, type ReadersWorld } from './reader.ts';
import { WaitingSends } from './waitingSends.ts';

/** What a client's process needs of the world. */
export interface ClientWorld extends ReadersWorld {
  readonly credentials: Credentials;
  readonly whenFull: OutboxLimits['whenFull'];
  /** Does what a machine asks of its network. */
  network(client: ClientSide, effect: Extract<ClientEffect, { kind: 'connect' | 'transmit' | 'drop' }>): void;
}

/** Three streams of chance: changes of one leave the others as they are. */
export interface ClientChances {
  readonly machine: () => number;
  readonly disk: () => number;
  readonly app: () => number;
}

/** How long it takes at most to get a fresh credential. */
const RENEWAL_MS = 250;
/** When an application begins anew that was stopped, and when a disk is tried again that has failed. */
const AGAIN_MS = 500;
const RETRY_MS = 5_000;

/** How a process ends, and the next one begins. */
export interface Crash {
  readonly downMs: number;
  readonly clockErrorMs: number;
  readonly disk: 'sound' | 'torn' | 'unreadable';
}

/** A client's process, with its disk, its clock and its application. */
export class ClientSide implements ReadersClient {
  readonly name: string;
  /** A copy speaks for the same person. */
  readonly subject: string;
  readonly disk: Disk;
  readonly reader: Reader;
  /** Counts its processes: a line belongs to one. */
  life = 0;
  running = true;
  state: ClientState;
  /** The message that was sent last. */
  lastSent = 0;
  /** Whose credential it gives when it is asked for a fresh one. */
  renewsAs: 'owner' | 'other' = 'owner';
  clock: Clock;
  readonly sends = new WaitingSends((event) => this.tell(event));
  readonly #world: ClientWorld;
  readonly #chances: ClientChances;
  readonly #alarm: Alarm;
  readonly #freezer: Freezer;
  #policy: ClientPolicy;
  /** The credential that the application has at hand. */
  #credential: string;

  constructor(name: string, found: Piece | null, world: ClientWorld, chances: ClientChances) {
    this.name = name;
    this.subject = name.replace(/[-+].*/, '');
    this.#world = world;
    this.#chances = chances;
    this.reader = new Reader(this, world, chances.app);
    this.disk = new Disk(world.agenda, chances.disk, found);
    this.#freezer = new Freezer(world.agenda);
    this.#alarm = new Alarm(world.agenda, () => this.whenAwake(() => this.tell({ kind: 'tick' })));
    this.#credential = world.credentials.freshFor(this.subject);
    this.#policy = this.#policyWhere(false);
    this.clock = new Clock(world.agenda);
    this.state = this.#restore(found, 0);
  }

  /** What its application has. */
  get app(): App {
    return this.reader.app;
  }

  /** A second owner of a stored session. */
  get isCopy(): boolean {
    return this.name.includes('-');
  }

  start(): void {
    for (const stream of this.state.untold) {
      this.reader.inform({ kind: 'gap', direction: 's2c', stream, from: 0, to: null });
    }
    this.tell({ kind: 'start' });
  }

  /** A line is up: its first frame takes a credential along, a fresh one or the last. */
  opened(link: number, host: string): void {
    if (this.#chances.app() < 0.5) this.#credential = this.#world.credentials.freshFor(this.subject);
    this.tell({ kind: 'opened', link, host, auth: this.#credential });
  }

  tell(event: ClientEvent): void {
    if (!this.running) return;
    const { parts, witness } = this.#world;
    const before = this.state;
    const env = { nowMs: this.clock.nowMs, random: this.#chances.machine };
    const { state, effects } = parts.stepClient(before, event, this.#policy, env);
    this.state = state;
    witness.stepped(this, before, event);
    for (const effect of effects) this.#run(effect, before);
    this.look();
    const full = this.reader.isFull;
    if (full !== this.state.full) this.tell({ kind: 'full', full });
  }

  /** Something was done to the clock, or to what waits for it. */
  look(): void {
    const nextMs = this.#world.parts.nextClientTickMs(this.state, this.#policy);
    this.#alarm.by((nextMs - this.clock.nowMs) / this.clock.rate);
  }

  #run(effect: ClientEffect, before: ClientState): void {
    switch (effect.kind) {
      case 'connect':
      case 'transmit':
      case 'drop':
        this.#world.network(this, effect);
        return;
      case 'save':
        this.#save();
        return;
      case 'deliver':
        this.reader.inform(effect);
        return;
      case 'gap':
        if (effect.direction === 's2c') this.reader.inform(effect);
        else this.#world.witness.heardOfLoss(effect);
        return;
      case 'wait':
        this.sends.deny();
        break;
      case 'room':
        this.later(0, () => this.sends.room());
        break;
      case 'renew':
        this.#renew();
        break;
      case 'stopped':
        this.#stopped(effect.code, before);
    }
    this.#world.witness.saw(this, effect, before);
  }

  #save(): void {
    const { agenda, parts, witness } = this.#world;
    const session = parts.savedOf(this.state, this.clock.nowMs);
    const entries = [...session.outbox.entries];
    const piece = {
      session: { ...session, outbox: { ...session.outbox, entries } },
      app: this.app,
      atMs: agenda.nowMs,
    };
    const { life } = this;
    this.disk.write(piece, (stored) => {
      if (stored) witness.owes(this.name, entries);
      else {
        witness.meet('disk failed');
        this.later(RETRY_MS, () => this.disk.isBehind && !this.disk.isWriting && this.#save());
      }
      // Who can't store goes on in memory.
      this.whenAwake(() => this.life === life && this.tell({ kind: 'saved' }));
    });
  }

  /** The server wants a fresh credential, and gets one. */
  #renew(): void {
    const { credentials, witness } = this.#world;
    this.#credential = credentials.freshFor(this.subject);
    const isOwn = this.renewsAs === 'owner';
    const auth = isOwn ? this.#credential : credentials.freshFor('mallory');
    this.later(this.#chances.app() * RENEWAL_MS, () => {
      if (!isOwn) witness.forfeit(this.state.sid);
      this.tell({ kind: 'renewed', auth });
    });
  }

  /** The session ended: by its server, or for want of a good credential. */
  #stopped(code: number, { stream }: ClientState): void {
    if (code === CLOSE.ended) this.reader.app = withoutSession(this.app, stream);
    else if (code !== CLOSE.unauthenticated) return;
    this.#credential = this.#world.credentials.freshFor(this.subject);
    this.later(AGAIN_MS, () => this.tell({ kind: 'start' }));
  }

  /** The application has done with the session, and begins another. */
  end(): void {
    if (!this.running || this.state.stopped > 0) return;
    this.reader.app = withoutSession(this.app, this.state.stream);
    this.tell({ kind: 'stop', end: true });
    this.later(AGAIN_MS, () => this.tell({ kind: 'start' }));
  }

  /** A process that has ended by then does nothing any more. */
  later(delayMs: number, task: () => void): void {
    const { life } = this;
    this.#world.agenda.after(delayMs, () => this.whenAwake(() => this.life === life && task()));
  }

  /** A frozen process does it when it goes on. */
  whenAwake(task: () => void): void {
    this.#freezer.whenAwake(task);
  }

  freeze(forMs: number, clockStops: boolean): void {
    const lostMs = this.#freezer.freeze(forMs);
    if (clockStops) this.clock.jump(-lostMs * this.clock.rate);
  }

  /** The process dies. */
  crash({ downMs, clockErrorMs, disk: how }: Crash): void {
    if (!this.running) return;
    const { agenda, witness } = this.#world;
    this.running = false;
    this.life += 1;
    this.#freezer.empty();
    this.sends.clear();
    this.disk.left(how === 'torn');
    agenda.after(downMs, () => {
      const piece = how === 'unreadable' ? null : this.disk.read();
      this.#policy = this.#policyWhere(how === 'unreadable');
      this.state = this.#restore(piece, clockErrorMs);
      this.running = true;
      witness.restored(this, piece, this.disk, how);
      // What lies on the disk is not what this process goes on from.
      if (how === 'unreadable') this.disk.isBehind = true;
      this.start();
    });
  }

  /** Nothing fails any more. */
  heal(): void {
    this.disk.failsUntilMs = 0;
    this.reader.failsUntilMs = 0;
    this.renewsAs = 'owner';
  }

  /** The process ends for good. */
  retire(): void {
    this.running = false;
    this.life += 1;
  }

  /** @param volatile What the disk has nobody knows: so nothing is stored. */
  #policyWhere(volatile: boolean): ClientPolicy {
    const { parts, whenFull } = this.#world;
    return { ...parts.client, outbox: { ...parts.client.outbox, whenFull }, volatile };
  }

  #restore(piece: Piece | null, clockErrorMs: number): ClientState {
    const { agenda, parts } = this.#world;
    this.clock = new Clock(agenda, 1_000 + 1e6 * this.#chances.machine(), this.clock.rate);
    this.reader.begin(piece?.app ?? {});
    const awayMs = piece === null ? 0 : Math.max(0, agenda.nowMs - piece.atMs + clockErrorMs);
    return parts.restore(piece?.session ?? null, this.#policy, this.clock.nowMs, awayMs);
  }
}
