import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { fill } from '../../../src/policy/fill.ts';
import type { HealthOptions, HealthPolicy } from '../../../src/policy/healthPolicy.ts';
import { readPolicy } from '../../../src/policy/poolPolicy.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';

/** The part of a pool's policy that is about health. */
function readHealthPolicy(options: HealthOptions = {}): HealthPolicy {
  const { ejection, probe, failback, fence } = readPolicy(options, everyRule);
  return { ejection, probe, failback, fence };
}

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof SwitchoverError && error.code === 'INVALID_OPTION') return error.message;
    throw error;
  }
  return 'accepted';
}

const refusal = (options: unknown): string => refusalOf(() => readHealthPolicy(options as HealthOptions));

describe('the policy of health', () => {
  it('is the defaults where nothing is given', () => {
    expect(readHealthPolicy()).toEqual({
      ejection: { ...DEFAULTS.ejection, windowMs: Infinity },
      probe: DEFAULTS.probe,
      failback: DEFAULTS.failback,
      fence: DEFAULTS.fence,
    });
    expect(readHealthPolicy({})).toEqual(readHealthPolicy());
  });

  it('takes each part that is given, and leaves the rest', () => {
    const policy = readHealthPolicy({ probe: { path: '/up' }, ejection: { coolDownMs: 1, connectFailures: 0 } });
    expect(policy.probe).toEqual({ ...DEFAULTS.probe, path: '/up' });
    expect(policy.ejection).toEqual({ ...DEFAULTS.ejection, windowMs: Infinity, coolDownMs: 1, connectFailures: 0 });
  });

  it('reads undefined as not given', () => {
    expect(readHealthPolicy({ probe: { path: undefined } } as object)).toEqual(readHealthPolicy());
  });

  it.each([
    [{ ejection: { coolDownMs: -1 } }, 'ejection.coolDownMs'],
    [{ probe: { periodMs: 0 } }, 'probe.periodMs'],
    [{ ejection: { coolDownMs: Number.NaN } }, 'ejection.coolDownMs'],
    [{ ejection: { coolDownMs: '5' } }, 'ejection.coolDownMs'],
    [{ ejection: { coolDownMs: null } }, 'ejection.coolDownMs'],
    [{ ejection: { coolDownSpread: 1.1 } }, 'ejection.coolDownSpread'],
    [{ ejection: { coolDown: 1 } }, 'ejection.coolDown'],
    [{ ejection: { constructor: 1 } }, 'ejection.constructor'],
    [{ probe: { always: 1 } }, 'probe.always'],
    [{ probe: { path: 7 } }, 'probe.path'],
    [{ failback: { proof: 'requests' } }, 'failback.proof'],
    [{ failback: { proof: 1 } }, 'failback.proof'],
    [{ fence: { forMs: false } }, 'fence.forMs'],
  ])('refuses %j, and names it', (options, name) => {
    expect(refusal(options)).toContain(name);
  });

  it('refuses whatever has a wrong type, by its own error', () => {
    const parts = readHealthPolicy();
    const names = Object.entries(parts).flatMap(([part, all]) => Object.keys(all).map((key) => [part, key] as const));
    const wrong = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.nat()));
    fc.assert(
      fc.property(fc.constantFrom(...names), wrong, ([part, key], value) => {
        const defaults: Readonly<Record<string, unknown>> = { ...parts[part as keyof typeof parts] };
        fc.pre(typeof value !== typeof defaults[key]);
        expect(refusal({ [part]: { [key]: value } })).toContain(`${part}.${key}`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('filling in', () => {
  it('leaves what it was given as it was', () => {
    const defaults = { a: 1, b: 'x' };
    const given = { a: 2 };
    expect(fill('part', defaults, given)).toEqual({ a: 2, b: 'x' });
    expect([defaults, given]).toEqual([{ a: 1, b: 'x' }, { a: 2 }]);
  });

  it('gives a copy, which can be kept', () => {
    const defaults = { a: 1 };
    expect(fill('part', defaults, undefined)).not.toBe(defaults);
  });
});
