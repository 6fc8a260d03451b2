import { CLOSE } from '../../session/frames.ts';
import type { StoreRequest, StoreResult } from '../../session/serverState.ts';
import type { Asker, ServerProcess, ServerWorld } from './serverWorld.ts';

type Acceptance = Extract<StoreRequest, { op: 'accept' }>;

/** A message whose handler has failed is not waited for longer than this. */
const BACK_OFF_CAP_MS = 30_000;

/** Where a server's connections ask the store. What was asked may be done though nobody is there any more to hear of it. */
export class StoreDesk {
  readonly #server: ServerProcess;
  readonly #world: ServerWorld;
  /** By stream, how often in a row its handler has failed. */
  readonly #faults = new Map<string, number>();

  constructor(server: ServerProcess, world: ServerWorld) {
    this.#server = server;
    this.#world = world;
  }

  ask(asker: Asker, request: StoreRequest): void {
    const { agenda, weather } = this.#world;
    const { life, random } = this.#server;
    agenda.after(weather.storeMs(random), () => {
      if (this.#server.life !== life && random() < 0.5) return;
      if (request.op === 'accept' && weather.failsHandler(this.#server.at)) this.#handleBadly(asker, request, life);
      else this.#answer(asker, life, this.#run(request));
    });
  }

  #run(request: StoreRequest): StoreResult {
    const { weather } = this.#world;
    const fate = weather.fate();
    const id = request.op === 'append' ? { id: request.id } : {};
    const failed: StoreResult = { kind: 'failed', op: request.op, ...id };
    if (fate === 'undone') return failed;
    const done = this.#world.ask(request);
    this.#world.announce(request, done);
    return fate === 'answered' ? done : failed;
  }

  #answer(asker: Asker, life: number, result: StoreResult, then: () => void = () => {}): void {
    const { agenda, weather } = this.#world;
    agenda.after(weather.storeMs(this.#server.random), () =>
      this.#server.whenAwake(() => {
        if (this.#server.life !== life) return;
        asker.feed({ kind: 'stored', result });
        then();
      }),
    );
  }

  /** The handler fails at one of the messages: what stands before it is accepted, and its client is sent away for a while. */
  #handleBadly(asker: Asker, request: Acceptance, life: number): void {
    const { witness } = this.#world;
    const { stream, items } = request;
    const before = items.slice(0, Math.floor(this.#server.random() * items.length));
    const times = (this.#faults.get(stream) ?? 0) + 1;
    this.#faults.set(stream, times);
    const windowMs = Math.min(BACK_OFF_CAP_MS, 1_000 * 2 ** (times - 1));
    witness.meet(before.length === 0 ? 'handler failed' : 'handler failed later');
    const close = () => asker.feed({ kind: 'close', code: CLOSE.busy, windowMs });
    if (before.length === 0) this.#server.whenAwake(() => this.#server.life === life && close());
    else this.#answer(asker, life, this.#run({ ...request, items: before }), close);
  }
}
