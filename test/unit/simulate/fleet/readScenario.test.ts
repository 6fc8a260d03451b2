import { describe, expect, it } from 'vitest';
import { SwitchoverError } from '../../../../src/policy/error.ts';
import { readScenario } from '../../../../src/simulate/fleet/readScenario.ts';
import { SCENARIOS } from '../../../../src/simulate/scenarios/index.ts';

const GOOD = {
  clients: 10,
  everyMs: 1_000,
  utilisation: 0.5,
  durationMs: 10_000,
  hosts: [{ name: 'a' }, { name: 'b' }],
};
const SESSIONS = { clients: 10, durationMs: 10_000, hosts: [{ name: 'a' }], sessions: {} };
const FAULT = { host: 'a', kind: 'refuse', fromMs: 0, untilMs: 1_000 };

const complaintAbout = (given: unknown): string => {
  try {
    readScenario(given);
  } catch (error) {
    if (SwitchoverError.is(error) && error.code === 'INVALID_OPTION') return `${error.message} ${error.remedy}`;
    throw error;
  }
  return 'none';
};

describe('a scenario', () => {
  it('has defaults for all that most leave out', () => {
    expect(readScenario(GOOD)).toMatchObject({ seed: 1, method: 'GET', faults: [], offline: null, policy: {} });
    expect(readScenario(GOOD).hosts.map(({ name, tier, capacity }) => [name, tier, capacity])).toEqual([
      ['a', 'active', 1],
      ['b', 'standby', 1],
    ]);
  });

  it('comes back as it is when it is read again', () => {
    for (const given of [{ ...GOOD, faults: [{ ...FAULT, kind: 'error', status: 500 }] }, SESSIONS]) {
      const once = readScenario(given);
      expect(readScenario(JSON.parse(JSON.stringify(once)))).toEqual(once);
    }
  });

  it.each(Object.keys(SCENARIOS))('%s is one, and tells what it shows', (name) => {
    const { title, about } = readScenario(SCENARIOS[name]);
    expect(title).not.toBe('a scenario');
    expect(about.length).toBeGreaterThan(20);
  });

  it.each([
    [[], /The scenario is no object.*curly/],
    [{ ...GOOD, client: 3 }, /no option scenario\.client.*clients/],
    [{ ...GOOD, clients: 1_000_001 }, /scenario\.clients.*from 1 to 1000000/],
    [{ ...GOOD, clients: 2.5 }, /scenario\.clients.*whole/],
    [{ ...GOOD, utilisation: '1' }, /scenario\.utilisation/],
    [{ ...GOOD, hosts: [] }, /hosts is empty/],
    [{ ...GOOD, hosts: {} }, /hosts is no list/],
    [{ ...GOOD, hosts: [{ name: 'a' }, { name: 'a' }] }, /Two hosts are called a/],
    [{ ...GOOD, hosts: [{ name: 'a', tier: 'standby' }] }, /No host is active/],
    [{ ...GOOD, hosts: [{ name: 'A b' }] }, /hosts\[0\]\.name/],
    [{ ...GOOD, hosts: [{ name: 'a', coldStart: { share: 0.5, forMs: 0 } }] }, /coldStart\.forMs/],
    [{ ...GOOD, faults: [{ ...FAULT, kind: 'fire' }] }, /faults\[0\]\.kind.*black-hole/],
    [{ ...GOOD, faults: [{ ...FAULT, host: 'c' }] }, /faults\[0\]\.host.*a, b/],
    [{ ...GOOD, faults: [{ ...FAULT, share: 0.5 }] }, /no option faults\[0\]\.share/],
    [{ ...GOOD, faults: [{ ...FAULT, untilMs: 0 }] }, /ends before it begins/],
    [{ ...GOOD, faults: [{ ...FAULT, kind: 'error', status: 200 }] }, /faults\[0\]\.status.*500 to 599/],
    [{ ...GOOD, offline: { share: 2, fromMs: 0, untilMs: 1 } }, /offline\.share/],
    [{ ...SESSIONS, sessions: { rate: 5 } }, /no option sessions\.rate.*ratePerSecond/],
    [{ ...SESSIONS, sessions: { ratePerSecond: 0 } }, /sessions\.ratePerSecond.*1 or more/],
    [{ ...SESSIONS, sessions: { retryWindowMs: 0.5 } }, /sessions\.retryWindowMs.*whole/],
    [{ ...SESSIONS, sessions: { refuses: 'no' } }, /sessions\.refuses.*true or false/],
    [{ ...SESSIONS, sessions: [] }, /sessions is no object/],
    [{ ...SESSIONS, utilisation: 0.5 }, /utilisation and sessions exclude each other/],
    [{ ...SESSIONS, offline: { share: 0.1, fromMs: 0, untilMs: 1 } }, /offline and sessions exclude each other/],
    [{ ...SESSIONS, faults: [{ ...FAULT, kind: 'brown-out' }] }, /can't have the fault brown-out.*black-hole/],
    [{ ...GOOD, policy: { retry: { attempt: 3 } } }, /no option retry\.attempt/],
    [{ ...GOOD, policy: { budget: { capacity: -1 } } }, /budget\.capacity can't be -1/],
  ])('is refused with a remedy where it makes no sense: %j', (given, words) => {
    expect(complaintAbout(given)).toMatch(words);
  });
});
