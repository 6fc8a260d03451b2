import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFailover } from '../../../src/index.node.ts';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/event-streams.md'), 'utf8');
const rig = useRig();

test('docs/event-streams.md has an example that does what it says', async () => {
  const a = await rig.server({ name: 'a' });
  const b = await rig.server({ name: 'b' });
  const said: string[] = [];
  const [, code = ''] = /^```js client\n(.*?)^```$/ms.exec(guide) ?? [];
  const body = code
    .replace(/^import .*$/m, '')
    .replace("'https://a.example.com', 'https://b.example.com'", `'${a.url}', '${b.url}'`)
    .replace("'/events'", "'/sse?count=100000&everyMs=10'");
  const run = new Function('createFailover', 'console', 'tokenFor', `${body}\nreturn failover;`);
  const tokens: string[] = [];
  const failover = run(createFailover, { log: (line: string) => said.push(line) }, (host: string) => tokens.push(host));
  rig.owns({ [Symbol.asyncDispose]: async () => failover.close() });
  const events = () => said.filter((line) => /^\d/.test(line));
  await until(
    () => events().length > 5,
    20_000,
    () => said.join(),
  );
  await a.kill();
  const before = events().length;
  await until(
    () => events().length > before + 5,
    20_000,
    () => said.join(),
  );
  expect(events()).toEqual(events().map((_, index) => `${index + 1}: ${index + 1}`));
  expect(said.find((line) => line.startsWith('STREAM_BROKEN'))).toContain(a.url);
  expect(tokens.slice(0, 2)).toEqual([a.url, b.url]);
});

test('docs/event-streams.md gives the numbers that the code has', () => {
  const { retryMs, retryLeastMs, retryMostMs, backoffCapMs, provenMs, stallMs, maxEventChars } = DEFAULTS.eventSource;
  const written = (value: number) => value.toLocaleString('en-GB');
  for (const words of [
    `${retryMs / 1_000} s · 2ⁿ, at most ${backoffCapMs / 1_000} s`,
    `between ${retryLeastMs} and ${written(retryMostMs)}`,
    `more than ${written(maxEventChars)} characters`,
    `No byte for ${stallMs / 1_000} s`,
    `nothing has come for ${provenMs / 1_000} s`,
    `lasted for ${provenMs / 1_000} s`,
    `after ${DEFAULTS.timeout.attemptMs / 1_000} s (\`timeout.attemptMs\`)`,
    `| \`stallMs\` | ${written(stallMs)} |`,
    `| \`retryMs\` | ${written(retryMs)} |`,
    `| \`maxEventChars\` | ${written(maxEventChars)} |`,
  ]) {
    expect(guide).toContain(words);
  }
});
