import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hints, NO_HINTS } from '../../../src/policy/hints.ts';
import { type AttemptEnd, type Fault, type Outcome, outcomeOf as outcomeAlone } from '../../../src/policy/outcome.ts';
import { hintedOutcome } from '../../../src/policy/rules/hintedOutcome.ts';

const ONLINE = { online: true, stale: false };

/** As a pool with all rules has it. */
const outcomeOf = (end: AttemptEnd, { online, stale }: typeof ONLINE): Outcome =>
  (end.kind === 'response' ? hintedOutcome(end, stale) : null) ?? outcomeAlone(end, online);

const answer = (status: number, retryAfterMs: number | null = null, hints: Partial<Hints> = {}): AttemptEnd => ({
  kind: 'response',
  status,
  retryAfterMs,
  hints: { ...NO_HINTS, ...hints },
});
const failure = (fault: Fault): AttemptEnd => ({ kind: 'failure', fault });
const standby = { role: 'standby' } as const;

type Row = readonly [what: string, end: AttemptEnd, means: Partial<Outcome>];

/** ARCHITECTURE.md, "What an attempt's end means". */
const TABLE: readonly Row[] = [
  ['100', answer(100), { kind: 'ok' }],
  ['200', answer(200), { kind: 'ok' }],
  ['200 of a draining host', answer(200, null, { role: 'draining' }), { kind: 'ok' }],
  ['200 of a standby', answer(200, null, standby), { kind: 'ok' }],
  ['304', answer(304), { kind: 'ok' }],
  ["400, the caller's fault", answer(400), { kind: 'ok' }],
  ['401', answer(401), { kind: 'ok' }],
  ['404 with Retry-After', answer(404, 1000), { kind: 'ok' }],
  ['421 without a role', answer(421), { kind: 'ok' }],
  ['421 of an active host', answer(421, null, { role: 'active' }), { kind: 'ok' }],
  ['499', answer(499), { kind: 'ok' }],
  ['500', answer(500), { kind: 'app-fault', cause: 'http 500' }],
  ['500 with Retry-After', answer(500, 1000), { kind: 'app-fault' }],
  ['500 of a standby', answer(500, null, standby), { kind: 'app-fault' }],
  ['501', answer(501), { kind: 'app-fault' }],
  ['505', answer(505), { kind: 'app-fault' }],
  ['511', answer(511), { kind: 'app-fault' }],
  ['519', answer(519), { kind: 'app-fault' }],
  ['528', answer(528), { kind: 'app-fault' }],
  ['599', answer(599), { kind: 'app-fault' }],
  ['502', answer(502), { kind: 'host-fault', cause: 'http 502', processed: 'maybe', answered: true }],
  ['503', answer(503), { kind: 'host-fault', processed: 'maybe', answered: true }],
  ['503 of a draining host', answer(503, null, { role: 'draining' }), { kind: 'not-active', processed: 'maybe' }],
  ['504', answer(504), { kind: 'host-fault', processed: 'maybe', answered: true }],
  ['504 with Retry-After', answer(504, 1000), { kind: 'host-fault' }],
  ['520', answer(520), { kind: 'host-fault', processed: 'maybe', answered: true }],
  ['527', answer(527), { kind: 'host-fault', processed: 'maybe', answered: true }],
  ['refused', failure('refused'), { kind: 'host-fault', cause: 'refused', processed: 'no', answered: false }],
  ['unreachable', failure('unreachable'), { kind: 'host-fault', processed: 'no', answered: false }],
  ['dns', failure('dns'), { kind: 'host-fault', processed: 'no', answered: false }],
  ['tls', failure('tls'), { kind: 'host-fault', processed: 'no', answered: false }],
  ['connect-timeout', failure('connect-timeout'), { kind: 'host-fault', processed: 'no', answered: false }],
  ['reset', failure('reset'), { kind: 'host-fault', processed: 'maybe', answered: false }],
  ['network', failure('network'), { kind: 'host-fault', processed: 'maybe', answered: false }],
  ['timeout', failure('timeout'), { kind: 'host-fault', processed: 'maybe', answered: false }],
  ['stalled', failure('stalled'), { kind: 'host-fault', processed: 'maybe', answered: true }],
  ['broken-body', failure('broken-body'), { kind: 'host-fault', processed: 'maybe', answered: true }],
  ["503, a standby's word", answer(503, null, standby), { kind: 'not-active', cause: 'standby', processed: 'no' }],
  ["421, a standby's word", answer(421, null, standby), { kind: 'not-active', cause: 'standby', processed: 'no' }],
  ['503 of a standby with Retry-After', answer(503, 9000, standby), { kind: 'not-active', processed: 'no' }],
  ['429', answer(429), { kind: 'busy', processed: 'no', waitMs: 0 }],
  ['429 with Retry-After', answer(429, 7000), { kind: 'busy', processed: 'no', waitMs: 7000 }],
  ['429 of a standby', answer(429, 7000, standby), { kind: 'busy', processed: 'no' }],
  ['503 with Retry-After', answer(503, 7000), { kind: 'busy', cause: 'http 503', processed: 'maybe', waitMs: 7000 }],
  ['503 with Retry-After: 0', answer(503, 0), { kind: 'busy', processed: 'maybe', waitMs: 0 }],
];

const faults = fc.constantFrom<Fault[]>(
  'refused',
  'unreachable',
  'dns',
  'tls',
  'connect-timeout',
  'reset',
  'network',
  'timeout',
  'stalled',
  'broken-body',
);
const statuses = fc.integer({ min: 100, max: 599 });
const waits = fc.option(fc.nat(3_600_000));
const roles = fc.constantFrom(null, 'active' as const, 'standby' as const, 'draining' as const);

describe("an attempt's end means", () => {
  it.each(TABLE)('%s', (_, end, means) => {
    expect(outcomeOf(end, ONLINE)).toMatchObject(means);
  });

  it('nobody is blamed for a failure while this side is offline, and what may have been processed stays so', () => {
    fc.assert(
      fc.property(faults, (fault) => {
        const online = outcomeOf(failure(fault), ONLINE);
        const offline = outcomeOf(failure(fault), { online: false, stale: false });
        expect(offline).toMatchObject({ kind: 'local-fault', cause: fault });
        expect('processed' in offline && offline.processed).toBe('processed' in online && online.processed);
      }),
    );
  });

  it('an answer means the same whether this side thinks itself online or not: it proves that it is', () => {
    fc.assert(
      fc.property(statuses, waits, roles, fc.boolean(), (status, retryAfterMs, role, stale) => {
        const end = answer(status, retryAfterMs, { role });
        expect(outcomeOf(end, { online: false, stale })).toEqual(outcomeOf(end, { online: true, stale }));
      }),
    );
  });

  it('no answer of a host that lost its role is followed, and a request that it may have worked on is not sent again blindly', () => {
    fc.assert(
      fc.property(statuses, waits, roles, (status, retryAfterMs, role) => {
        expect(outcomeOf(answer(status, retryAfterMs, { role }), { online: true, stale: true })).toEqual({
          kind: 'not-active',
          cause: 'stale epoch',
          processed: 'maybe',
        });
      }),
    );
  });

  it('a status below 500 is never held against its host', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 499 }), waits, roles, (status, retryAfterMs, role) => {
        const { kind } = outcomeOf(answer(status, retryAfterMs, { role }), ONLINE);
        expect(['ok', 'busy', 'not-active']).toContain(kind);
      }),
    );
  });

  it('a status of 500 and above is never ok', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), waits, roles, (status, retryAfterMs, role) => {
        expect(outcomeOf(answer(status, retryAfterMs, { role }), ONLINE).kind).not.toBe('ok');
      }),
    );
  });
});
