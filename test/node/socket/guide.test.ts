import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createFailover, type Failover } from '../../../src/index.node.ts';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import { echoServer } from './echo.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/sockets.md'), 'utf8');
const rig = useRig();
const open: Failover[] = [];
afterEach(() => {
  for (const failover of open.splice(0)) failover.close();
});

const blocks = [...guide.matchAll(/^```js client\n(.*?)^```$/gms)].map(([, code = '']) => code);

describe('docs/sockets.md', () => {
  test('has nothing but blocks that run', () => {
    expect([...guide.matchAll(/^```(.+)$/gm)].map(([, words]) => words)).toEqual(blocks.map(() => 'js client'));
  });

  test('does what it says', async () => {
    const a = await echoServer(rig, 'a');
    const b = await echoServer(rig, 'b');
    const said: string[] = [];
    const body = blocks
      .join('\n')
      .replace(/^import .*$/m, '')
      .replace("'https://a.example.com', 'https://b.example.com'", `'${a.url}', '${b.url}'`);
    const run = new Function('createFailover', 'console', `${body}\nreturn { failover, Once, Asking };`);
    const { failover, Once, Asking } = run(createFailover, { log: (line: string) => said.push(line) });
    open.push(failover);
    const hears = (line: string) =>
      until(
        () => said.includes(line),
        20_000,
        () => `${line}: ${said.join(', ')}`,
      );
    await hears('a: subscribe prices');
    await a.kill();
    await hears('b: subscribe prices');
    expect(said.filter((line) => line.includes('http'))).toEqual([`lost ${a.url}: code 1006`, `now at ${b.url}`]);
    expect([Once.OPEN, Asking.OPEN]).toEqual([1, 1]);
  });

  test('gives the numbers that the code has', () => {
    const { staggerMs, openMs, intervalMs, deadMs, reconnect } = DEFAULTS.socket;
    for (const words of [
      `| \`staggerMs\` | ${staggerMs.toLocaleString('en-GB')} |`,
      `| \`openMs\` | ${openMs.toLocaleString('en-GB')} |`,
      `| \`heartbeat\` | ${intervalMs / 1_000} s, ${deadMs / 1_000} s |`,
      `after ${staggerMs / 1_000} s | A second one`,
      `${reconnect.backoffBaseMs / 1_000} s · 2ⁿ, at most ${reconnect.backoffCapMs / 1_000} s`,
      `lasted for ${reconnect.minUptimeMs / 1_000} s`,
      `Silence for ${deadMs / 1_000} s, though asked after ${intervalMs / 1_000} s`,
    ]) {
      expect(guide).toContain(words);
    }
  });
});
