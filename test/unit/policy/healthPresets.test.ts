import { describe, expect, it } from 'vitest';
import { kubernetesProbe, nginxChecks } from '../../../src/policy/healthPresets.ts';
import { readPolicy } from '../../../src/policy/poolPolicy.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';
import { firstCandidate, trialHost } from '../../../src/policy/selection.ts';
import { FakePool } from './fakePool.ts';
import { A, ABORTED, B, BAD, GOOD } from './poolWorld.ts';

/** Where a request would go now; a trial is taken, as a pool's shell does. */
function ask(pool: FakePool): string | undefined {
  const trial = trialHost(pool.state, pool.nowMs);
  if (trial === undefined) return firstCandidate(pool.state, pool.nowMs)?.origin;
  pool.step({ kind: 'trial', origin: trial.origin });
  return trial.origin;
}

describe("nginx' max_fails and fail_timeout", () => {
  const nginx = (maxFails: number, failTimeoutSeconds = 10) =>
    new FakePool([A, B], nginxChecks({ maxFails, failTimeoutSeconds }));

  it('by default, one failure takes a server out for ten seconds', () => {
    const pool = new FakePool([A, B], nginxChecks());
    pool.fails(A);
    expect(ask(pool)).toBe(B);
    pool.pass(9_999);
    expect(ask(pool)).toBe(B);
    pool.pass(1);
    expect(ask(pool)).toBe(A);
  });

  it.each(['refused', 'reset', 'timeout', 'dns', 'connect-timeout'] as const)(
    'max_fails failures are needed, no fewer: %s',
    (fault) => {
      const pool = nginx(3);
      for (let times = 0; times < 2; times++) pool.fails(A, fault);
      expect(ask(pool)).toBe(A);
      pool.fails(A, fault);
      expect(ask(pool)).toBe(B);
    },
  );

  it('failures count only within fail_timeout', () => {
    const pool = nginx(3);
    for (let times = 0; times < 10; times++) {
      pool.fails(A);
      pool.pass(5_001);
    }
    expect(ask(pool)).toBe(A);
  });

  it('max_fails=0 never takes a server out', () => {
    const pool = nginx(0);
    for (let times = 0; times < 100; times++) {
      pool.fails(A, 'timeout');
      pool.responds(A, 500);
    }
    expect(ask(pool)).toBe(A);
  });

  it('errors that a server answers count only where it is asked for', () => {
    const plain = nginx(1);
    plain.responds(A, 502);
    expect(ask(plain)).toBe(A);
    const counting = new FakePool([A, B], nginxChecks({ countServerErrors: true }));
    counting.responds(A, 502);
    expect(ask(counting)).toBe(B);
  });

  it('after fail_timeout one live request tries the server, and the others pass it over', () => {
    const pool = nginx(1);
    pool.fails(A);
    pool.pass(10_000);
    expect([ask(pool), ask(pool), ask(pool)]).toEqual([A, B, B]);
  });

  it('a good one brings it straight back', () => {
    const pool = nginx(1);
    pool.fails(A);
    pool.pass(10_000);
    ask(pool);
    pool.responds(A);
    expect([pool.health(A), ask(pool), ask(pool)]).toEqual(['up', A, A]);
  });

  it('a bad one sends it out for the same time again, never longer', () => {
    const pool = nginx(1);
    pool.fails(A);
    for (let rounds = 0; rounds < 5; rounds++) {
      pool.pass(9_999);
      expect(ask(pool)).toBe(B);
      pool.pass(1);
      expect(ask(pool)).toBe(A);
      pool.fails(A);
    }
  });

  it('one that is never heard of again is followed by another one after fail_timeout', () => {
    const pool = nginx(1);
    pool.fails(A);
    pool.pass(10_000);
    expect(ask(pool)).toBe(A);
    pool.pass(9_999);
    expect(ask(pool)).toBe(B);
    pool.pass(1);
    expect(ask(pool)).toBe(A);
  });

  it('one whose caller gave up leaves its place to the next', () => {
    const pool = nginx(1);
    pool.fails(A);
    pool.pass(10_000);
    ask(pool);
    pool.attempt(A, ABORTED);
    expect(ask(pool)).toBe(A);
  });

  it('no probe is ever sent, and no timer runs for one', () => {
    const pool = nginx(1);
    pool.fails(A, 'timeout');
    pool.pass(600_000);
    expect(pool.probes).toEqual([]);
    expect(pool.wakeMs).toBe(Infinity);
  });

  it('the last server is never taken out', () => {
    const pool = nginx(1);
    pool.fails(A);
    pool.pass(20_000);
    for (let times = 0; times < 20; times++) pool.responds(B, 500);
    expect(pool.health(B)).toBe('up');
  });
});

describe("Kubernetes' readiness probe", () => {
  const probe = { periodSeconds: 10, failureThreshold: 3, successThreshold: 2 };

  it('has the defaults that it has there', () => {
    expect(readPolicy(kubernetesProbe(), everyRule).probe).toMatchObject({
      periodMs: 10_000,
      timeoutMs: 1_000,
      initialDelayMs: 0,
      successThreshold: 1,
      failureThreshold: 3,
      always: true,
    });
  });

  it('takes its numbers in seconds', () => {
    const kubernetes = kubernetesProbe({ path: '/up', initialDelaySeconds: 5, periodSeconds: 2, timeoutSeconds: 3 });
    const { probe: read } = readPolicy(kubernetes, everyRule);
    expect(read).toMatchObject({ path: '/up', initialDelayMs: 5_000, periodMs: 2_000, timeoutMs: 3_000 });
  });

  it('begins after initialDelaySeconds, and comes once in a period', () => {
    const pool = new FakePool([A, B], kubernetesProbe({ ...probe, initialDelaySeconds: 5 }));
    // The world is older than this pool's first delay; so a host that is listed now shows it.
    pool.step({ kind: 'hosts', origins: ['https://new.example'] });
    pool.pass(34_999);
    expect(pool.probesOf('https://new.example')).toEqual([5_000, 15_000, 25_000]);
  });

  it('failureThreshold bad ones in a row take a host out, no fewer', () => {
    const pool = new FakePool([A, B], kubernetesProbe(probe));
    pool.pass(100);
    pool.answers.set(A, BAD);
    pool.pass(20_400);
    expect(pool.record(A).health).toMatchObject({ kind: 'up', badProbes: 2 });
    pool.answers.set(A, GOOD);
    pool.pass(10_000);
    pool.answers.set(A, BAD);
    pool.pass(20_000);
    expect(pool.health(A)).toBe('up');
    pool.pass(10_000);
    expect(pool.health(A)).toBe('ejected');
    expect(pool.current).toBe(B);
  });

  it('successThreshold good ones in a row bring it back at once, no fewer', () => {
    const pool = new FakePool([A, B], kubernetesProbe(probe));
    pool.answers.set(A, BAD);
    pool.pass(60_000);
    expect(pool.current).toBe(B);
    pool.answers.set(A, GOOD);
    pool.pass(10_000);
    expect(pool.current).toBe(B);
    pool.pass(10_000);
    expect(pool.current).toBe(A);
  });

  it('a host that is out is probed as often as one in service', () => {
    const pool = new FakePool([A, B], kubernetesProbe({ periodSeconds: 10, failureThreshold: 1 }));
    pool.answers.set(A, BAD);
    pool.pass(300_000);
    const times = pool.probesOf(A);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(20);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(10_000);
      expect(gap).toBeLessThan(10_100);
    }
  });

  it('nothing but probes decides', () => {
    const pool = new FakePool([A, B], kubernetesProbe(probe));
    for (let times = 0; times < 50; times++) {
      pool.fails(A, 'timeout');
      pool.responds(A, 500);
      pool.fails(A);
    }
    expect(pool.record(A).health.kind).toBe('up');
    expect(pool.current).toBe(A);
  });
});
