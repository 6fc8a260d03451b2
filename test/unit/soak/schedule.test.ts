import { describe, expect, it } from 'vitest';
import { type Fault, type FaultKind, MIX, scheduleOf } from '../../node/soak/schedule.ts';

const OPTIONS = { seed: 7, faults: 500, clientProcesses: 5, everyMs: 400, ttlMs: 8_000, mix: MIX };
const kindsOf = (faults: readonly Fault[]) => new Set(faults.map(({ kind }) => kind));

describe('a schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scheduleOf(OPTIONS)).toEqual(scheduleOf(OPTIONS));
    expect(scheduleOf({ ...OPTIONS, seed: 8 })).not.toEqual(scheduleOf(OPTIONS));
  });

  it('has faults of all kinds, in the order of their time', () => {
    const faults = scheduleOf(OPTIONS);
    expect(faults).toHaveLength(500);
    expect(kindsOf(faults)).toEqual(new Set(Object.keys(MIX)));
    expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).sort((one, other) => one - other));
  });

  it('leaves out what the mix leaves out', () => {
    const mix: Record<FaultKind, number> = { ...MIX, blackhole: 0, drain: 0 };
    expect([...kindsOf(scheduleOf({ ...OPTIONS, mix }))].sort()).toEqual(['bothDown', 'clientKill', 'freeze', 'kill']);
  });

  it('keeps only clients away for longer than a session lives', () => {
    const long = scheduleOf(OPTIONS).filter(({ forMs }) => forMs >= OPTIONS.ttlMs);
    expect(kindsOf(long)).toEqual(new Set(['clientKill']));
  });
});
