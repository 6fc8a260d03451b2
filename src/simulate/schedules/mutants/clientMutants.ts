import { type ClientEffect, type ClientEvent, type ClientState, markOf } from '../../../session/clientState.ts';
import { entriesOf, outboxOf } from '../../../session/outbox.ts';
import { NEVER } from '../../../session/sessionEnv.ts';
import { client, type Mutant } from './mutant.ts';

type Step = Parameters<Parameters<typeof client>[0]>[0];

/** Says to the machine what follows from its effects before it is so. */
function hasten(step: Step, first: ReturnType<Step>, early: (effect: ClientEffect) => ClientEvent | null) {
  let { state } = first;
  const effects: ClientEffect[] = [];
  const waiting = [...first.effects];
  for (let effect = waiting.shift(); effect !== undefined; effect = waiting.shift()) {
    effects.push(effect);
    const event = early(effect);
    if (event === null) continue;
    const next = step(state, event);
    state = next.state;
    waiting.push(...next.effects);
  }
  return { state, effects };
}

/** A step whose effects are not all carried out. */
function without(done: ReturnType<Step>, isLeftOut: (effect: ClientEffect) => boolean) {
  return { ...done, effects: done.effects.filter((effect) => !isLeftOut(effect)) };
}

/** The connection that is open, or on its way to be. */
const current = ({ link, attempts }: ClientState): number => link?.id ?? attempts.at(-1)?.id ?? 0;

export const CLIENT_MUTANTS: readonly Mutant[] = [
  {
    name: 'a client that takes everything for stored at once',
    complaint:
      /which the store still has|called lost, and was|called accepted, and was not|after|was refused, and took/,
    mutate: client((step, state, event) =>
      hasten(step, step(state, event), ({ kind }) => (kind === 'save' ? { kind: 'saved' } : null)),
    ),
  },
  {
    name: 'a client that uses a token before it has stored it',
    complaint: /which the store still has|called lost, and was not/,
    mutate: client((step, state, event) => {
      const done = step(state, event);
      if (event.kind !== 'frame' || event.frame.kind !== 'welcome') return done;
      const { saved, handed, outbox } = done.state;
      const mark = { ...markOf(done.state), rx: Math.min(saved.rx, handed), tx: Math.min(saved.tx, outbox.tx) };
      return hasten(step, done, ({ kind }) => (kind === 'save' ? { kind: 'saved', mark } : null));
    }),
  },
  {
    name: 'a client that acknowledges what its application has not got yet',
    complaint: /called lost, and was not|after/,
    mutate: client((step, state, event) =>
      hasten(step, step(state, event), (effect) =>
        effect.kind === 'deliver' ? { kind: 'handed', stream: effect.stream, rx: effect.seq } : null,
      ),
    ),
  },
  {
    name: 'a client that greets with what it has received, rather than with what it has stored',
    complaint: /called lost, and was not|after/,
    mutate: client((step, state, event) => {
      const { state: next, effects } = step(state, event);
      const greeted = effects.map((effect) =>
        effect.kind === 'transmit' && effect.frame.kind === 'hello'
          ? { ...effect, frame: { ...effect.frame, rx: state.rx } }
          : effect,
      );
      return { state: next, effects: greeted };
    }),
  },
  {
    name: 'a client that takes late news of a connection that it has left',
    complaint: /listened to a connection/,
    mutate: client((step, state, event) => {
      const isLate =
        event.kind === 'frame' &&
        state.link?.id !== event.link &&
        !state.attempts.some(({ id }) => id === event.link) &&
        current(state) > 0;
      return step(state, isLate ? { ...event, link: current(state) } : event);
    }),
  },
  {
    name: 'a client that delivers what it has already',
    complaint: /got .* after/,
    mutate: client((step, state, event) => {
      const done = step(state, event);
      if (event.kind !== 'frame' || event.frame.kind !== 'message' || event.link !== state.link?.id) return done;
      const { seq, data } = event.frame;
      const again = { kind: 'deliver', stream: state.stream, seq, data, bytes: event.bytes } as const;
      return seq > state.rx ? done : { ...done, effects: [...done.effects, again] };
    }),
  },
  {
    name: 'a client that does not tell its application of a gap',
    complaint: /got .* after|gap from/,
    mutate: client((step, state, event) =>
      without(
        step(state, event),
        (effect) => effect.kind === 'gap' && effect.direction === 's2c' && effect.to !== null,
      ),
    ),
  },
  {
    name: 'a client that does not tell its application that a session was lost',
    complaint: /never told that .* was lost|has not heard|is not connected/,
    mutate: client((step, state, event) => {
      const { state: next, effects } = step(state, event);
      const forgetful = next.untold.length === 0 ? next : { ...next, untold: [] };
      return without({ state: forgetful, effects }, (effect) => effect.kind === 'gap' && effect.to === null);
    }),
  },
  {
    name: 'a client that tells of a gap that is one too long',
    complaint: /called lost, and was not|after/,
    mutate: client((step, state, event) => {
      const { state: next, effects } = step(state, event);
      const longer = effects.map((effect) =>
        effect.kind === 'gap' && effect.direction === 's2c' && effect.to !== null
          ? { ...effect, to: effect.to + 1 }
          : effect,
      );
      return { state: next, effects: longer };
    }),
  },
  {
    name: 'a client that does not tell its server what it gave up',
    complaint: /is not connected|has not heard|still holds|no end of it/,
    mutate: client((step, state, event) =>
      without(step(state, event), (effect) => effect.kind === 'transmit' && effect.frame.kind === 'lost'),
    ),
  },
  {
    name: 'a client that sends again without a key what a lost session may have taken',
    complaint: /took effect twice/,
    mutate: client((step, state, event) => {
      const isWelcome = event.kind === 'frame' && event.frame.kind === 'welcome' && event.frame.result === 'new';
      if (!isWelcome || !state.attempts.some(({ id }) => id === event.link)) return step(state, event);
      const { outbox } = state;
      const entries = outbox.list
        .slice(outbox.head, outbox.end)
        .map((entry) => ({ ...entry, key: entry.key ?? `own${entry.id}` }));
      return step({ ...state, outbox: outboxOf(entries, outbox.tx, outbox.sent) }, event);
    }),
  },
  {
    name: 'a client that takes a message back which it has sent',
    complaint: /called refused, and was accepted|was refused, and took effect/,
    mutate: client((step, state, event) => {
      if (event.kind !== 'cancel') return step(state, event);
      const { state: next, effects } = step({ ...state, outbox: { ...state.outbox, sent: 0 } }, event);
      return { state: { ...next, outbox: { ...next.outbox, sent: state.outbox.sent } }, effects };
    }),
  },
  {
    name: 'a client that drops what it has sent, where its outbox is full',
    complaint: /called accepted, and was not|called refused, and was accepted|was refused, and took effect/,
    mutate: client((step, state, event) => {
      if (event.kind !== 'send') return step(state, event);
      const { state: next, effects } = step({ ...state, outbox: { ...state.outbox, sent: 0 } }, event);
      return { state: { ...next, outbox: { ...next.outbox, sent: state.outbox.sent } }, effects };
    }),
  },
  {
    name: 'a client that takes all in its stored outbox for unsent',
    complaint: /took effect twice|called refused, and was accepted|was refused, and took effect/,
    mutate: (parts) => ({
      ...parts,
      restore: (stored, policy, nowMs, awayMs) => {
        const state = parts.restore(stored, policy, nowMs, awayMs);
        return { ...state, outbox: outboxOf(entriesOf(state.outbox), state.outbox.tx, 0) };
      },
    }),
  },
  {
    name: 'a client that does not say that there is room again',
    complaint: /wait for room/,
    mutate: client((step, state, event) => without(step(state, event), ({ kind }) => kind === 'room')),
  },
  {
    name: 'a client that takes more than its application can bear',
    complaint: /messages wait for the application/,
    mutate: client((step, state, event) => {
      if (event.kind !== 'frame' || event.link !== state.link?.id) return step(state, event);
      const { state: next, effects } = step({ ...state, full: false }, event);
      return { state: { ...next, full: state.full }, effects };
    }),
  },
  {
    name: 'a client that does not notice silence',
    complaint: /is not connected|has not heard|still holds/,
    mutate: client((step, state, event) => {
      const { state: next, effects } = step(state, event);
      return { state: next.link === null ? next : { ...next, link: { ...next.link, deadAtMs: NEVER } }, effects };
    }),
  },
  {
    name: 'a client whose outbox does not outlive its process',
    complaint: /never told how/,
    mutate: (parts) => ({
      ...parts,
      restore: (stored, policy, nowMs, awayMs) => {
        const forgets = stored && { ...stored, outbox: { ...stored.outbox, entries: [] } };
        return parts.restore(forgets, policy, nowMs, awayMs);
      },
    }),
  },
  {
    name: 'a client that does not tell what it had to drop',
    complaint: /never told how/,
    mutate: client((step, state, event) =>
      without(step(state, event), (effect) => effect.kind === 'refused' && effect.why === 'dropped'),
    ),
  },
  {
    name: 'a client that holds more than it may',
    complaint: /outbox is over its limits/,
    mutate: (parts) => ({
      ...parts,
      client: { ...parts.client, outbox: { ...parts.client.outbox, count: 1_000, bytes: 1e9 } },
    }),
  },
];
