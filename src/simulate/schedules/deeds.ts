import { ClientDeeds } from './clientDeeds.ts';
import type { Step } from './schedule.ts';
import type { ServerSide } from './serverSide.ts';
import { replay } from './thieves.ts';
import { GOES, type World } from './world.ts';

/** Does what a schedule says. What it names may be gone. */
export class Deeds {
  readonly #world: World;
  readonly #clients: ClientDeeds;

  constructor(world: World) {
    this.#world = world;
    this.#clients = new ClientDeeds(world);
  }

  do(step: Step): void {
    const { clients, servers } = this.#world;
    if ('client' in step) {
      const client = clients[step.client];
      if (client?.running) this.#clients.do(client, step);
    } else if ('server' in step) {
      const server = servers[step.server];
      if (server !== undefined) this.#withServer(server, step);
    } else this.#withStore(step);
  }

  #withServer(server: ServerSide, step: Extract<Step, { server: number }>): void {
    const { weather } = this.#world;
    switch (step.do) {
      case 'drain':
        server.whenAwake(() => server.drain(step.deadlineMs, step.jitterMs, GOES));
        return;
      case 'blackHole':
        weather.begin('blackHole', step.forMs, { server: step.server, side: step.side });
        return;
      case 'delay':
        weather.begin('delay', step.forMs, { server: step.server, extraMs: step.extraMs });
        return;
      case 'handlerFails':
        weather.begin('handlerFails', step.forMs, { server: step.server });
        return;
      case 'crashServer':
        this.#met(`server crashed${step.reset ? '' : ' unheard'}`);
        server.crash(step.downMs, step.reset);
        return;
      case 'freezeServer':
        this.#met('server frozen');
        server.freeze(step.forMs);
        return;
      case 'driftServer':
        server.clock.drift(step.rate);
        server.look();
        return;
      case 'jumpServer':
        this.#met(`server's clock jumped ${step.byMs < 0 ? 'back' : 'ahead'}`);
        server.clock.jump(step.byMs);
        server.look();
    }
  }

  #withStore(step: Exclude<Step, { client: number } | { server: number }>): void {
    const { weather, store, witness } = this.#world;
    switch (step.do) {
      case 'replay':
        replay(this.#world, step);
        return;
      case 'storeFails':
        weather.begin(step.done ? 'storeFailsDone' : 'storeFails', step.forMs);
        return;
      case 'slowStore':
        weather.begin('slowStore', step.forMs, { extraMs: step.extraMs });
        return;
      case 'jumpStore':
        this.#met(`store's clock jumped ${step.byMs < 0 ? 'back' : 'ahead'}`);
        this.#world.storeClock.jump(step.byMs);
        return;
      case 'backup':
        store.backUp();
        witness.backedUp();
        return;
      case 'restore':
        if (store.restore(() => this.#world.fresh().stream)) witness.storeSetBack();
    }
  }

  #met(what: string): void {
    this.#world.witness.meet(what);
  }
}
