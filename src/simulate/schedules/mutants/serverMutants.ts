import type { ServerEffect } from '../../../session/serverState.ts';
import type { SessionRecord } from '../../../session/sessionRecord.ts';
import { confirm } from '../../../session/token.ts';
import { type Mutant, server, store } from './mutant.ts';

export const SERVER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a server that acknowledges before its store has accepted',
    complaint: /called accepted, and was not/,
    mutate: server((step, state, event) => {
      const done = step(state, event);
      if (event.kind !== 'frames' || done.state.kind !== 'open') return done;
      const acks = event.frames.flatMap(({ frame }) =>
        frame.kind === 'message' ? [{ kind: 'transmit', frame: { kind: 'ack', ack: frame.seq } } as const] : [],
      );
      return { ...done, effects: [...acks, ...done.effects] };
    }),
  },
  {
    name: 'a server that sends without regard to its window',
    complaint: /on the way/,
    mutate: (parts) => ({
      ...parts,
      stepServer: (state, event, policy, env) =>
        parts.stepServer(state, event, { ...policy, window: [1_000, 1e9] }, env),
    }),
  },
  {
    name: 'a server that says nothing of a log that has overflowed',
    complaint: /is not connected|has not heard|no end of it/,
    mutate: server((step, state, event) => {
      const { state: next, effects } = step(state, event);
      const silent: ServerEffect[] = [];
      for (const effect of effects) {
        if (effect.kind === 'transmit' && effect.frame.kind === 'lost') continue;
        const isWelcome =
          effect.kind === 'transmit' && effect.frame.kind === 'welcome' && effect.frame.result !== 'new';
        if (!isWelcome || effect.frame.kind !== 'welcome' || state.kind !== 'attaching') silent.push(effect);
        else {
          const lost = { ...effect.frame.lost, s2c: null };
          silent.push({ ...effect, frame: { ...effect.frame, replayFrom: state.hello.rx + 1, lost } });
        }
      }
      return { state: next, effects: silent };
    }),
  },
  {
    name: 'a server that tells its application of a gap that is one too long',
    complaint: /called lost, and was|took effect/,
    mutate: server((step, state, event) => {
      const { state: next, effects } = step(state, event);
      const longer = effects.map((effect) =>
        effect.kind === 'gap' && effect.range !== null
          ? { ...effect, range: [effect.range[0], effect.range[1] + 1] as const }
          : effect,
      );
      return { state: next, effects: longer };
    }),
  },
  {
    name: 'a server that takes numbers of another log for its own',
    complaint: /is not what was said|got .* after/,
    mutate: server((step, state, event) => {
      const isAppended = event.kind === 'stored' && event.result.kind === 'appended' && state.kind === 'open';
      if (!isAppended || event.result.kind !== 'appended') return step(state, event);
      return step(state, { ...event, result: { ...event.result, stream: state.stream } });
    }),
  },
  {
    name: 'a server that takes anybody for whose the session is',
    complaint: /goes on with the credential/,
    mutate: server((step, state, event) =>
      step(
        state,
        event.kind === 'authenticated' && state.kind === 'open' ? { ...event, subject: state.subject } : event,
      ),
    ),
  },
];

type Attach = Parameters<Mutant['mutate']>[0]['steps']['attach'];

/** An attach that finds something else than what is there. */
const finding =
  (attach: Attach, change: (found: SessionRecord, hash: string, subject: string) => SessionRecord): Attach =>
  (found, request, nowMs) =>
    attach(found && change(found, request.hash, request.subject), request, nowMs);

export const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: 'a store that accepts what it has accepted before',
    complaint: /twice|out of order|and was accepted|took effect/,
    mutate: store(({ accept, attach }) => ({
      attach: finding(attach, (found) => ({ ...found, rx: Math.max(0, found.rx - 1) })),
      accept: (record, items) => {
        const done = accept({ ...record, rx: Math.min(record.rx, (items[0]?.seq ?? 1) - 1) }, items);
        return done && { ...done, record: { ...done.record, rx: Math.max(done.record.rx, record.rx) } };
      },
    })),
  },
  {
    name: 'a store that is set back, and goes on in the same streams',
    complaint: /was given twice|is not what was said|got .* after|epoch/,
    mutate: store(() => ({ anew: (record) => record })),
  },
  {
    name: 'a store without a fence',
    complaint: /of epoch/,
    mutate: store(() => ({ holds: (record): record is SessionRecord => record !== null })),
  },
  {
    name: 'a store that does not raise the epoch',
    complaint: /epoch/,
    mutate: store(({ attach }) => ({
      attach: finding(attach, (found) => ({ ...found, epoch: Math.max(0, found.epoch - 1) })),
    })),
  },
  {
    name: 'a store whose tokens live on',
    complaint: /dead token/,
    mutate: store(({ attach }) => ({
      attach: finding(attach, (found, hash) => ({ ...found, tokens: { ...found.tokens, known: hash } })),
    })),
  },
  {
    name: 'a store that ends the old token before the new one has arrived',
    complaint: /which the store still has/,
    mutate: store(({ attach }) => ({
      attach: (found, request, nowMs) => {
        const { record, result } = attach(found, request, nowMs);
        if (record === null || result.kind !== 'attached') return { record, result };
        const hasty = { ...record, tokens: confirm(record.tokens) };
        return { record: hasty, result: { ...result, record: hasty } };
      },
    })),
  },
  {
    name: 'a store that does not ask whose a session is',
    complaint: /which is .*'s/,
    mutate: store(({ attach }) => ({ attach: finding(attach, (found, _, subject) => ({ ...found, subject })) })),
  },
  {
    name: 'a store that resumes one message too late',
    complaint: /called lost, and was not|got .* after|has not heard|is not connected/,
    mutate: store(({ attach }) => ({
      attach: (found, request, nowMs) => {
        const { record, result } = attach(found, request, nowMs);
        if (result.kind !== 'attached' || record === null || record.tx <= Math.max(request.rx, record.floor))
          return { record, result };
        const late = { ...record, floor: Math.max(request.rx, record.floor) + 1 };
        return { record, result: { ...result, record: late } };
      },
    })),
  },
  {
    name: 'a store that lets go of one message more than was acknowledged',
    complaint: /called lost, and was not|has not heard|a log/,
    mutate: store(({ acknowledge }) => ({
      acknowledge: (record, rx, ttlMs, nowMs, weigh) =>
        acknowledge(record, Math.min(rx + 1, record.tx), ttlMs, nowMs, weigh),
    })),
  },
  {
    name: 'a store that never lets go',
    complaint: /a log is over its limits/,
    mutate: store(({ append }) => ({
      append: (record, bytes, _, weigh) => append(record, bytes, { count: 1_000, bytes: 1e9 }, weigh),
    })),
  },
  {
    name: 'a store that does not look at keys',
    complaint: /twice/,
    mutate: store(({ accept }) => ({
      accept: (record, items) => {
        const done = accept(record, items);
        return done && { ...done, fresh: done.fresh.map((item) => ({ ...item, key: null })) };
      },
    })),
  },
];
