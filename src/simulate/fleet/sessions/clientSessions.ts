import { nextClientTickMs, stepClient } from '../../../session/clientMachine.ts';
import { CLIENT_POLICY, type ClientPolicy } from '../../../session/clientPolicy.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientState,
  type Link,
} from '../../../session/clientState.ts';
import { SERVER_POLICY } from '../../../session/serverPolicy.ts';
import { NEVER } from '../../../session/sessionEnv.ts';
import { Packed } from '../../core/packed.ts';
import type { RandomStreams } from '../../core/randomStreams.ts';

/** Nothing is stored in a fleet: what would be is taken for stored at once. */
const POLICY: ClientPolicy = { ...CLIENT_POLICY, volatile: true };

/** Signs of life that nobody has seen: when the last answer came, and when the question after it was asked, if it was. */
interface Beats {
  readonly heardMs: number;
  readonly askedMs: number | null;
}

/** The session machines of all clients: the real one, with a state for each. */
export class ClientSessions {
  readonly #states: Packed<ClientState>;
  readonly #streams: RandomStreams;
  readonly #env = { nowMs: 0, random: () => 0 };

  constructor(clients: number, streams: RandomStreams) {
    const { heartbeatMs, maxBytes, window } = SERVER_POLICY;
    this.#streams = streams;
    this.#states = new Packed(clients, [NEVER, heartbeatMs, maxBytes, ...window]);
    const state = clientState(null, POLICY, 0);
    for (let client = 0; client < clients; client++) this.#states.set(client, state);
  }

  stateOf(client: number): ClientState {
    return this.#states.get(client);
  }

  step(client: number, event: ClientEvent, nowMs: number): readonly ClientEffect[] {
    const before = this.#states.get(client);
    const env = this.#env;
    env.nowMs = nowMs;
    env.random = this.#streams.of(client);
    const { state, effects } = stepClient(before, event, POLICY, env);
    if (state !== before) this.#states.set(client, state);
    return effects;
  }

  /** When a client wants its next tick; with `calm`, only what is due beside its signs of life. */
  wakeMs(client: number, calm: boolean): number {
    const state = this.#states.get(client);
    const { link } = state;
    const asked =
      calm && link?.kind === 'live' && !isAsking(link)
        ? { ...state, link: { ...link, pingAtMs: NEVER, deadAtMs: NEVER } }
        : state;
    const atMs = nextClientTickMs(asked, POLICY);
    return atMs === NEVER ? Infinity : atMs;
  }

  /**
   * The signs of life that were exchanged since a client was looked at last, with a host that answers each at once; null for none. All but
   * the last of them leave no trace: each puts off the same two moments.
   */
  beats(client: number, nowMs: number, roundTripMs: number): Beats | null {
    const { link } = this.#states.get(client);
    if (link?.kind !== 'live' || isAsking(link)) return null;
    const sinceMs = lastHeardMs(link);
    const turnMs = link.heartbeatMs + roundTripMs;
    const turns = Math.floor((nowMs - sinceMs) / turnMs);
    const heardMs = sinceMs + turns * turnMs;
    const askedMs = heardMs + link.heartbeatMs;
    if (turns <= 0 && askedMs > nowMs) return null;
    return { heardMs: turns > 0 ? heardMs : -Infinity, askedMs: askedMs <= nowMs ? askedMs : null };
  }
}

/** True while a question is under way: the next one is due only after the connection would be dead. */
const isAsking = ({ pingAtMs, deadAtMs }: Link): boolean => pingAtMs > deadAtMs;

/** A question is due one heartbeat after the last sign of life. */
const lastHeardMs = ({ pingAtMs, heartbeatMs }: Link): number => pingAtMs - heartbeatMs;
