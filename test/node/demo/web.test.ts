import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../rig/processState.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import { startWebDemo } from '../../rig/webDemo.ts';

const LIMIT_MS = 180_000;
const rig = useRig();

describe('npm run demo -- --web', () => {
  test(
    'serves the app from two hostnames, does to its servers what its page asks for, and leaves nothing behind',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'switchover-test-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      const demo = rig.owns(await startWebDemo([], { TMPDIR: directory }));
      // Names under localhost are a browser's to resolve.
      const [a, b] = [demo.a, demo.b].map((origin) => origin.replace(/\w\.localhost/, '127.0.0.1')) as [string, string];
      for (const host of [a, b]) expect(await (await fetch(host)).text()).toContain('<h1>Quay</h1>');
      expect(await (await fetch(`${a}/switchover-sw.js`)).text()).toContain(demo.b);
      expect(await (await fetch(demo.control)).text()).toContain('EventSource');

      const [first] = await demo.servers();
      await demo.act('a', 'freeze');
      await expect(fetch(a, { signal: AbortSignal.timeout(500) })).rejects.toThrow();
      await demo.act('a', 'thaw');
      expect((await fetch(a)).status).toBe(200);
      await demo.act('a', 'kill');
      await expect(fetch(a)).rejects.toThrow();
      await demo.act('a', 'start');
      expect((await fetch(a)).status).toBe(200);
      await demo.act('b', 'drain');
      await expect(fetch(b)).rejects.toThrow();

      const [restarted] = await demo.servers();
      expect(restarted?.pid).not.toBe(first?.pid);
      expect(await demo.interrupt()).toBe(0);
      expect(isAlive(restarted?.pid ?? 0)).toBe(false);
      await until(
        () => readdirSync(directory).length === 0,
        20_000,
        () => `Left behind: ${readdirSync(directory)}`,
      );
    },
    LIMIT_MS,
  );

  test('does nothing that a page of another site asks for, or that cannot be done', { timeout: LIMIT_MS }, async () => {
    const demo = rig.owns(await startWebDemo());
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${demo.control}${path}`, { method: 'POST', headers });
    expect((await ask('/act/a/kill', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await ask('/act/a/thaw')).status).toBe(409);
    expect((await ask('/act/a/explode')).status).toBe(404);
    expect((await ask('/act/c/kill')).status).toBe(404);
    expect((await demo.servers()).map(({ condition }) => condition)).toEqual(['running', 'running']);
  });
});
