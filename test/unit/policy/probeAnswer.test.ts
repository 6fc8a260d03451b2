import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../../src/policy/probeAnswer.ts';

const judge = (body: string, status = 200, contentType: string | null = null) =>
  judgeProbe({ status, contentType, body });
const json = (document: unknown, status = 200) => judge(JSON.stringify(document), status, 'application/health+json');

describe('the status', () => {
  it('is healthy at 200 with a body that says nothing', () => {
    for (const body of ['', 'ok', 'Healthy\n', '{}', '[]', 'null', '5', '"fail"', '{"status":', '{"status":{}}']) {
      expect(judge(body)).toEqual({ healthy: true, why: 'http 200' });
    }
  });

  it('is unhealthy at anything but 200, even if the body praises itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.constantFrom('ok', '{"status":"pass"}', '[+]ping ok'),
        (status, body) => {
          expect(judge(body, status)).toEqual({ healthy: status === 200, why: `http ${status}` });
        },
      ),
    );
  });
});

describe('Kubernetes’ verbose text', () => {
  const good = '[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\nreadyz check passed\n';
  const bad =
    '[+]ping ok\n[-]etcd failed: reason withheld\r\n[-]informer-sync failed: reason withheld\nhealthz check failed\n';

  it('is healthy when every line is [+]', () => {
    expect(judge(good, 200, 'text/plain; charset=utf-8').healthy).toBe(true);
  });

  it('names what failed', () => {
    expect(judge(bad, 500).why).toMatch(/^http 500, .*etcd failed.*informer-sync failed/);
    expect(judge(bad, 500).why).not.toMatch(/ping/);
  });

  it('is unhealthy with a [-] line even at 200', () => {
    expect(judge(bad).healthy).toBe(false);
    expect(judge('livez check failed').healthy).toBe(false);
  });

  it('counts the marks only at the start of a line', () => {
    expect(judge('range is [0,1[-]').healthy).toBe(true);
    expect(judge('last health check failed: never').healthy).toBe(true);
  });
});

describe('health JSON', () => {
  it.each(['pass', 'ok', 'up', 'warn', 'PASS', 'UP', 'unheard-of'])('is healthy with status %j', (status) => {
    expect(json({ status }).healthy).toBe(true);
  });

  it.each(['fail', 'error', 'down', 'FAIL', 'Down'])('is unhealthy with status %j even at 200', (status) => {
    expect(json({ status })).toEqual({ healthy: false, why: `http 200, status ${status}` });
  });

  it('names the failing checks of application/health+json', () => {
    const checks = {
      'db:responseTime': [{ status: 'pass' }, { status: 'fail' }],
      'cache:connections': [{ status: 'warn' }],
      uptime: [{ observedValue: 5 }],
    };
    expect(json({ status: 'fail', checks }, 503)).toEqual({
      healthy: false,
      why: 'http 503, status fail, db:responseTime',
    });
  });

  it('names the failing checks of Spring Boot, MicroProfile and Terminus', () => {
    expect(json({ status: 'DOWN', components: { db: { status: 'DOWN' }, disk: { status: 'UP' } } }).why).toMatch(
      /DOWN, db$/,
    );
    expect(
      json({
        status: 'DOWN',
        checks: [
          { name: 'kafka', status: 'DOWN' },
          { name: 'x', status: 'UP' },
        ],
      }).why,
    ).toMatch(/, kafka$/);
    expect(json({ status: 'error', details: { redis: { status: 'down' } } }).why).toMatch(/error, redis$/);
  });

  it('is believed whatever its content type, but an HTML page is not read', () => {
    expect(judge('{"status":"fail"}', 200, 'text/plain').healthy).toBe(false);
    expect(judge('{"status":"fail"}', 200, 'text/html; charset=utf-8').healthy).toBe(true);
    expect(judge('[-]a', 200, 'application/xhtml+xml').healthy).toBe(true);
  });

  it('leaves the word to the document’s own status, not to its checks', () => {
    expect(json({ status: 'warn', checks: { db: [{ status: 'fail' }] } }).healthy).toBe(true);
  });

  it('takes checks of any shape', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (checks) => {
        expect(json({ status: 'fail', checks }).healthy).toBe(false);
      }),
    );
  });

  it('survives JSON that is nested as deep as a body may be', () => {
    expect(judge('['.repeat(65_536)).healthy).toBe(true);
    expect(
      judge(`{"status":"fail","checks":${'['.repeat(20_000)}${']'.repeat(20_000)}}`).why.length,
    ).toBeLessThanOrEqual(200);
  });
});

describe('why', () => {
  it('is one line of at most 200 characters without control characters, whatever the host answers', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 400 }).map((text) => `[-]${text}`),
      fc
        .string({ unit: 'binary', maxLength: 400 })
        .map((text) => JSON.stringify({ status: 'fail', checks: [{ name: text, status: 'fail' }] })),
      fc
        .string({ unit: fc.constantFrom('💥', '\u001b[31m', '\u202e', '\u2028', 'a'), minLength: 150, maxLength: 300 })
        .map((text) => `[-]${text}`),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 100, max: 599 }), (text, status) => {
        const { why } = judge(text, status);
        expect(why.length).toBeLessThanOrEqual(200);
        expect(why).not.toMatch(/\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}|[\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 1000 },
    );
  });

  it('is cut at 200 characters, and never through a character of two units', () => {
    expect(judge(`[-]${'a'.repeat(500)}`).why).toHaveLength(200);
    for (const lead of ['', 'a']) {
      const { why } = judge(`[-]${lead}${'💥'.repeat(200)}`);
      expect(why.length).toBeLessThanOrEqual(200);
      expect(why).not.toMatch(/\p{Cs}/u);
    }
  });

  it('keeps the names of checks in other scripts', () => {
    expect(judge('[-]Datenbank für Aufträge, 数据库').why).toBe('http 200, Datenbank für Aufträge, 数据库');
  });
});
