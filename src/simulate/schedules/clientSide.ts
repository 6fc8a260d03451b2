import type { ClientEffect, ClientEvent, ClientState } from '../../session/clientState.ts';
import { entriesOf } from '../../session/outbox.ts';
import { type Agenda, Alarm } from './agenda.ts';
import { type App, type Disk, type News, seenOf } from './app.ts';
import { Freezer } from './freezer.ts';
import type { Parts } from './parts.ts';
import type { Witness } from './witness.ts';

/** What a client's process needs of the world. */
export interface ClientWorld {
  readonly agenda: Agenda;
  readonly parts: Parts;
  readonly witness: Witness;
  /** Does what a machine asks of its network. */
  network(client: ClientSide, effect: Extract<ClientEffect, { kind: 'connect' | 'transmit' | 'drop' }>): void;
}

/** Three streams of chance: changes of one leave the others as they are. */
export interface ClientChances {
  readonly machine: () => number;
  readonly disk: () => number;
  readonly app: () => number;
}

const DISK_MS = 60;
const APP_MS = 250;

/** A client's process, with its disk, its clock and its application. */
export class ClientSide {
  readonly name: string;
  /** A copy speaks for the same person. */
  readonly subject: string;
  /** Counts its processes: a line belongs to one. */
  life = 0;
  running = true;
  state: ClientState;
  app: App = {};
  /** The message that was sent last. */
  lastSent = 0;
  disk: string;
  /** How much slower than usual, and until when. */
  slowDisk = { extraMs: 0, untilMs: 0 };
  slowApp = { extraMs: 0, untilMs: 0 };
  readonly #world: ClientWorld;
  readonly #chances: ClientChances;
  readonly #alarm: Alarm;
  readonly #freezer: Freezer;
  #clock = { baseMs: 0, sinceMs: 0, rate: 1 };
  #writing: string | null = null;
  /** When the disk has what it was given last. */
  #storedMs = 0;
  /** When the application has taken what it was told last. */
  #handedMs = 0;

  constructor(name: string, disk: string, world: ClientWorld, chances: ClientChances) {
    this.name = name;
    this.subject = name.replace(/-.*/, '');
    this.disk = disk;
    this.#world = world;
    this.#chances = chances;
    this.#freezer = new Freezer(world.agenda);
    this.#alarm = new Alarm(world.agenda, () => this.whenAwake(() => this.tell({ kind: 'tick' })));
    this.state = this.#restore(0);
  }

  /** On its own clock, which starts anew with each process. */
  get #nowMs(): number {
    const { baseMs, sinceMs, rate } = this.#clock;
    return baseMs + (this.#world.agenda.nowMs - sinceMs) * rate;
  }

  get isSaving(): boolean {
    return this.#writing !== null;
  }

  start(): void {
    for (const stream of this.state.untold) {
      this.#inform({ kind: 'gap', direction: 's2c', stream, from: 0, to: null });
    }
    this.tell({ kind: 'start' });
  }

  tell(event: ClientEvent): void {
    if (!this.running) return;
    const { parts, witness } = this.#world;
    const before = this.state;
    const env = { nowMs: this.#nowMs, random: this.#chances.machine };
    const { state, effects } = parts.stepClient(before, event, parts.client, env);
    this.state = state;
    witness.stepped(this, before, event);
    for (const effect of effects) this.#run(effect, before);
    this.#alarm.by((parts.nextClientTickMs(state, parts.client) - this.#nowMs) / this.#clock.rate);
  }

  #run(effect: ClientEffect, before: ClientState): void {
    switch (effect.kind) {
      case 'connect':
      case 'transmit':
      case 'drop':
        this.#world.network(this, effect);
        break;
      case 'save':
        this.#save();
        break;
      case 'deliver':
        this.#inform(effect);
        break;
      case 'gap':
        if (effect.direction === 's2c') this.#inform(effect);
        else this.#world.witness.heardOfLoss(effect);
        break;
      default:
        this.#world.witness.saw(this, effect, before);
    }
  }

  #save(): void {
    const { agenda, parts, witness } = this.#world;
    const { life, app } = this;
    const piece: Disk = { session: parts.savedOf(this.state, this.#nowMs), app, atMs: agenda.nowMs };
    const entries = entriesOf(this.state.outbox);
    const text = JSON.stringify(piece);
    this.#writing = text;
    this.#storedMs = Math.max(this.#storedMs, agenda.nowMs + this.#takesMs(DISK_MS, this.slowDisk, this.#chances.disk));
    agenda.at(this.#storedMs, () => {
      if (this.life !== life) return;
      this.disk = text;
      this.#writing = null;
      witness.owes(this.name, entries);
      this.whenAwake(() => this.life === life && this.tell({ kind: 'saved' }));
    });
  }

  /** Tells the application, which takes one thing after the other. */
  #inform(news: News): void {
    const { agenda, witness } = this.#world;
    const { life } = this;
    this.#handedMs = Math.max(this.#handedMs, agenda.nowMs + this.#takesMs(APP_MS, this.slowApp, this.#chances.app));
    agenda.at(this.#handedMs, () =>
      this.whenAwake(() => {
        if (this.life !== life || !this.running) return;
        this.app = witness.got(this, news);
        const { stream } = news;
        if (news.kind === 'deliver') this.tell({ kind: 'handed', stream, rx: news.seq });
        else this.tell(news.to === null ? { kind: 'told', stream } : { kind: 'handed', stream, rx: news.to });
      }),
    );
  }

  #takesMs(
    usualMs: number,
    slow: { readonly extraMs: number; readonly untilMs: number },
    random: () => number,
  ): number {
    // Many are as good as done at once.
    const share = random();
    const extraMs = this.#world.agenda.nowMs < slow.untilMs ? slow.extraMs : 0;
    return share < 0.3 && extraMs === 0 ? 0 : share * (usualMs + extraMs);
  }

  /** A frozen process does it when it goes on. */
  whenAwake(task: () => void): void {
    this.#freezer.whenAwake(task);
  }

  freeze(forMs: number, clockStops: boolean): void {
    const lostMs = this.#freezer.freeze(forMs);
    if (clockStops) this.#clock = { ...this.#clock, baseMs: this.#clock.baseMs - lostMs * this.#clock.rate };
  }

  drift(rate: number): void {
    this.#clock = { baseMs: this.#nowMs, sinceMs: this.#world.agenda.nowMs, rate };
    this.#alarm.by(0);
  }

  /** The process dies. What it wrote last is on the disk, or not. */
  crash(downMs: number, clockErrorMs: number): void {
    if (!this.running) return;
    const { agenda, witness } = this.#world;
    this.running = false;
    this.life += 1;
    this.#freezer.empty();
    if (this.#writing !== null && this.#chances.disk() < 0.5) this.disk = this.#writing;
    this.#writing = null;
    agenda.after(downMs, () => {
      this.#handedMs = 0;
      this.#storedMs = 0;
      this.state = this.#restore(clockErrorMs);
      this.running = true;
      witness.restored(this, (JSON.parse(this.disk) as Disk | null)?.session.outbox.entries ?? []);
      this.start();
    });
  }

  /** The application has done with the session, and begins another. */
  end(): void {
    if (!this.running || this.state.stopped > 0) return;
    const streams = [...Object.keys(this.app), this.state.stream];
    this.app = Object.fromEntries(streams.map((stream) => [stream, { ...seenOf(this.app, stream), lost: true }]));
    this.tell({ kind: 'stop', end: true });
    this.#world.agenda.after(500, () => this.whenAwake(() => this.tell({ kind: 'start' })));
  }

  /** The process ends for good. */
  retire(): void {
    this.running = false;
    this.life += 1;
  }

  #restore(clockErrorMs: number): ClientState {
    const { agenda, parts } = this.#world;
    const disk: Disk | null = JSON.parse(this.disk);
    this.#clock = { baseMs: 1_000 + 1e6 * this.#chances.machine(), sinceMs: agenda.nowMs, rate: this.#clock.rate };
    this.app = disk?.app ?? {};
    const awayMs = disk === null ? 0 : Math.max(0, agenda.nowMs - disk.atMs + clockErrorMs);
    return parts.restore(disk?.session ?? null, parts.client, this.#nowMs, awayMs);
  }
}
