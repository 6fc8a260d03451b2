import type { ClientEffect, ClientEvent, ClientState } from '../../../session/clientState.ts';
import type { ServerEffect, ServerEvent, ServerState } from '../../../session/serverState.ts';
import type { Parts } from '../parts.ts';

/** A bug that is put in on purpose, around a part that is sound. Where no schedule finds it, the schedules are too mild or the witness is blind. */
export interface Mutant {
  readonly name: string;
  /** What has to be said of it: a bug that is found for another reason is not found. */
  readonly complaint: RegExp;
  readonly mutate: (parts: Parts) => Parts;
}

interface Stepped<S, E> {
  readonly state: S;
  readonly effects: readonly E[];
}
type ClientStep = (state: ClientState, event: ClientEvent) => Stepped<ClientState, ClientEffect>;
type ServerStep = (state: ServerState, event: ServerEvent) => Stepped<ServerState, ServerEffect>;

/** A client whose steps go wrong. */
export function client(wrong: (step: ClientStep, state: ClientState, event: ClientEvent) => ReturnType<ClientStep>) {
  return (parts: Parts): Parts => ({
    ...parts,
    stepClient: (state, event, policy, env) =>
      wrong((from, what) => parts.stepClient(from, what, policy, env), state, event),
  });
}

/** A server whose steps go wrong. */
export function server(wrong: (step: ServerStep, state: ServerState, event: ServerEvent) => ReturnType<ServerStep>) {
  return (parts: Parts): Parts => ({
    ...parts,
    stepServer: (state, event, policy, env) =>
      wrong((from, what) => parts.stepServer(from, what, policy, env), state, event),
  });
}

/** A store one of whose steps goes wrong. */
export function store(wrong: (steps: Parts['steps']) => Partial<Parts['steps']>) {
  return (parts: Parts): Parts => ({ ...parts, steps: { ...parts.steps, ...wrong(parts.steps) } });
}
