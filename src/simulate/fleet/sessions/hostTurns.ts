import { NO_HINTS } from '../../../policy/hints.ts';
import type { AttemptEnd } from '../../../policy/outcome.ts';
import { CLOSE, type FrameFromServer } from '../../../session/frames.ts';
import type { Phase } from '../hostTimeline.ts';
import type { Connections } from './connections.ts';
import type { SessionHost } from './sessionHost.ts';
import type { SessionWorld } from './sessionWorld.ts';

/** A host's word to a client, and the end of an attempt as which its pool hears of it. */
export const moved = (windowMs: number): { readonly frame: FrameFromServer; readonly end: AttemptEnd } => ({
  frame: { kind: 'moved', windowMs },
  end: { kind: 'response', status: 503, retryAfterMs: null, hints: { ...NO_HINTS, role: 'standby' } },
});

/** The same of a host that is full. */
export const busy = (windowMs: number): { readonly frame: FrameFromServer; readonly end: AttemptEnd } => ({
  frame: { kind: 'close', code: CLOSE.busy, windowMs },
  end: { kind: 'response', status: 503, retryAfterMs: windowMs, hints: NO_HINTS },
});

/** What a fleet does for the turns of its hosts. */
interface Beats {
  catchUp(client: number, host: SessionHost): void;
  turned(client: number): void;
}

/**
 * What becomes of those who are at a host when its manner changes. While a host answers everything, its clients' signs of life are not
 * simulated one by one: they would be nearly all of a run. When it stops answering, each client is where they would have left it.
 */
export class HostTurns {
  readonly momentsMs: readonly number[];
  readonly #world: SessionWorld & Beats;
  readonly #connections: Connections;
  /** True for hosts whose clients' signs of life are left out. */
  readonly #calm: boolean[];
  readonly #phases: Phase[];
  readonly #eachBeat: boolean;

  /** @param eachBeat Has each sign of life be simulated after all: to test that nothing comes of it. */
  constructor(world: SessionWorld & Beats, connections: Connections, eachBeat: boolean) {
    this.#world = world;
    this.#connections = connections;
    this.#eachBeat = eachBeat;
    this.#calm = world.hosts.map(() => !eachBeat);
    this.#phases = world.hosts.map((host) => host.phaseAt(0));
    const edges = world.hosts.flatMap((host) => host.edges);
    this.momentsMs = [...new Set(edges)].filter((atMs) => atMs > 0).sort((a, b) => a - b);
  }

  isCalm(client: number): boolean {
    const at = this.#connections.at[client] as number;
    const host = this.#world.hosts[at];
    return (
      this.#calm[at] === true && host !== undefined && this.#connections.isOf(client, host.lifeAt(this.#world.nowMs))
    );
  }

  catchUp(client: number): void {
    if (!this.isCalm(client)) return;
    const host = this.#world.hosts[this.#connections.at[client] as number];
    if (host !== undefined) this.#world.catchUp(client, host);
  }

  /** The manner of some hosts has changed just now. */
  turn(): void {
    for (const [at, host] of this.#world.hosts.entries()) {
      const before = this.#phases[at] as Phase;
      if (before.untilMs > this.#world.nowMs) continue;
      const there = this.#clientsAt(at);
      const wasCalm = this.#calm[at] === true;
      for (const client of there) {
        if (wasCalm && this.#connections.isOf(client, before.life)) this.#world.catchUp(client, host);
      }
      const after = host.phaseAt(this.#world.nowMs);
      this.#phases[at] = after;
      this.#calm[at] = !this.#eachBeat && host.answers(this.#world.nowMs);
      this.#tell(host, before, after, there);
    }
  }

  #tell(host: SessionHost, before: Phase, after: Phase, there: readonly number[]): void {
    const { seen } = this.#world;
    const windowMs = host.windowIn(before.life);
    const connections = this.#connections;
    const isDrained = before.drainMs !== null && after.drainMs === null;
    const retires = before.door !== 'standby' && after.door === 'standby';
    if (isDrained || retires || after.life > before.life) seen.windowMs = Math.max(seen.windowMs, windowMs);
    const begins = before.drainMs === null && after.drainMs !== null ? host.drainAt(this.#world.nowMs) : null;
    for (const client of there) {
      if (isDrained || retires) connections.sentAway(client, moved(windowMs));
      else if (after.life > before.life && after.door === 'refuse') connections.reset(client);
      else if (begins !== null) connections.drained(client, begins);
      this.#world.turned(client);
    }
    if (begins !== null) seen.windowMs = Math.max(seen.windowMs, begins.jitterMs);
  }

  #clientsAt(host: number): readonly number[] {
    const { at } = this.#connections;
    const there: number[] = [];
    for (let client = 0; client < at.length; client++) if (at[client] === host) there.push(client);
    return there;
  }
}
