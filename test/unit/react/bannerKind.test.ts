import { describe, expect, test } from 'vitest';
import { kindOf } from '../../../src/react/bannerKind.ts';
import { unseen } from '../../../src/react/statusStore.ts';
import type { HostStatus, PoolStatus } from '../../../src/runtime/status.ts';
import { world } from '../runtime/world.ts';

const well = unseen(world().pool.hosts);
const [a, b] = well.hosts as [HostStatus, HostStatus];
const ejected = { ...a, state: 'ejected', why: 'refused', silent: true } as const;

describe('what there is to say of a connection', () => {
  test.each<[kind: string, what: string, status: Partial<PoolStatus>]>([
    ['well', 'the first host serves', {}],
    ['well', 'no host is known yet', { hosts: [], current: '' }],
    ['well', 'the first host is busy, and another one serves it out', { hosts: [{ ...a, busy: true }, b] }],
    ['offline', 'the platform says so', { connectivity: 'offline' }],
    [
      'offline',
      'that explains why no host answers',
      { connectivity: 'offline', hosts: [ejected, { ...b, silent: true }] },
    ],
    ['unreachable', 'every host began to fail at once', { connectivity: 'suspect' }],
    [
      'unreachable',
      'the last host stays in service and does not answer',
      { hosts: [ejected, { ...b, silent: true }], current: b.origin },
    ],
    ['unreachable', 'no host is in service', { hosts: [ejected, { ...b, state: 'half-open' }] }],
    ['moved', 'another host serves', { hosts: [ejected, b], current: b.origin }],
    ['moved', 'the first host is proven, and held back', { hosts: [{ ...a, state: 'holding' }, b], current: b.origin }],
  ])('%s: %s', (kind, _what, status) => {
    expect(kindOf({ ...well, ...status })).toBe(kind);
  });
});
