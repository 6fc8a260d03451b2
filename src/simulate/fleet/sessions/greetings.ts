import type { FrameFromServer } from '../../../session/frames.ts';
import { sessionLifeMs } from '../../../session/retryWindow.ts';
import { add } from '../record.ts';
import { WHAT } from './packets.ts';
import type { SessionWorld } from './sessionWorld.ts';
import { welcomeFrame } from './welcome.ts';

const PACKETS = { welcome: WHAT.welcome, busy: WHAT.busy, moved: WHAT.moved } as const;

/** What hosts say to hellos, and who is where: counted as it happens. */
export class Greetings {
  readonly #world: SessionWorld;
  /** Since when each client has no connection, and when its session expires; Infinity while it has one. */
  readonly #downMs: Float64Array;
  readonly #expiresMs: Float64Array;

  constructor(world: SessionWorld) {
    const { clients } = world.scenario;
    this.#world = world;
    this.#downMs = new Float64Array(clients);
    this.#expiresMs = new Float64Array(clients).fill(Infinity);
  }

  hello(client: number, link: number, host: number): void {
    const world = this.#world;
    const { nowMs } = world;
    const server = world.hosts[host];
    const load = world.record.hosts[host]?.load;
    const counts = world.seen.hosts[host];
    if (server === undefined || load === undefined || counts === undefined) return;
    const atMs = server.answersAtMs(nowMs);
    if (atMs === Infinity) return;
    add(load, nowMs, 1);
    const { kind, windowMs } = server.hello(nowMs, world.machineOf(client).sid !== '');
    add({ welcome: counts.admitted, busy: counts.refused, moved: counts.moved }[kind], nowMs, 1);
    world.deliver(PACKETS[kind], client, link, atMs, windowMs);
  }

  welcome(client: number, windowMs: number): FrameFromServer {
    const { nowMs, seen } = this.#world;
    const isLost = nowMs > (this.#expiresMs[client] as number);
    if (isLost) seen.lost++;
    const ttlMs = sessionLifeMs(this.#world.options.ttlMs, windowMs);
    return welcomeFrame(this.#world.machineOf(client), windowMs, ttlMs, isLost);
  }

  opened(client: number, host: number): void {
    const { hosts, nowMs, seen } = this.#world;
    const server = hosts[host];
    server?.change(nowMs, 1);
    if (this.#expiresMs[client] !== Infinity) {
      seen.change(nowMs, 1);
      seen.downMs += nowMs - (this.#downMs[client] as number);
    }
    this.#expiresMs[client] = Infinity;
  }

  /** A connection has ended. Whether the client has another by now, the next `opened` tells. */
  left(client: number, host: number, life: number): void {
    const { hosts, nowMs, seen } = this.#world;
    const server = hosts[host];
    if (server === undefined) return;
    if (server.lifeAt(nowMs) === life) server.change(nowMs, -1);
    this.#expiresMs[client] = nowMs + server.keptMs(nowMs);
    this.#downMs[client] = nowMs;
    seen.change(nowMs, -1);
  }
}
