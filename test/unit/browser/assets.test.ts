import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EARLY_SNIPPET } from '../../../src/browser/assets/earlyFailures.ts';
import { readSources } from '../../../src/browser/assets/options.ts';
import { changeUrls } from '../../../src/browser/assets/srcset.ts';
import { createPool } from '../../../src/index.fetch.ts';

const GROUP = ['https://cdn1.example.com', 'https://cdn2.example.com/files', 'https://cdn3.example.com'];

test('a file lies at the same path below each origin of its group', () => {
  const find = readSources({ groups: [GROUP] });
  expect(find('https://cdn2.example.com/files/a/b.js?v=1#x')).toEqual({
    origin: 'https://cdn2.example.com',
    path: '/a/b.js?v=1#x',
    others: [
      { origin: 'https://cdn1.example.com', url: 'https://cdn1.example.com/a/b.js?v=1#x' },
      { origin: 'https://cdn3.example.com', url: 'https://cdn3.example.com/a/b.js?v=1#x' },
    ],
  });
});

test.each([
  '',
  '/a.js',
  'data:text/javascript,1',
  'blob:https://cdn1.example.com/1',
  'https://cdn1.example.com.evil.example/a.js',
  'https://cdn1.example.com@evil.example/a.js',
  'https://cdn2.example.com/other/a.js',
])('%j lies nowhere', (url) => {
  expect(readSources({ groups: [GROUP] })(url)).toBeNull();
});

test('no path leads to another host', () => {
  const find = readSources({ groups: [GROUP] });
  for (const path of ['//evil.example/a.js', '/\\evil.example/a.js', '/@evil.example/a.js', '/%2f%2fevil.example']) {
    const place = find(`https://cdn1.example.com${path}`);
    for (const { url, origin } of place?.others ?? []) expect(new URL(url).origin).toBe(origin);
  }
});

test('hosts of a pool that are out of service come last', () => {
  const pool = createPool(['https://a.example.com', 'https://b.example.com', 'https://c.example.com']);
  const find = readSources({ pool });
  const others = () => find('https://a.example.com/x.js')?.others.map(({ origin }) => origin);
  expect(others()).toEqual(['https://b.example.com', 'https://c.example.com']);
  for (let n = 0; n < 2; n += 1) {
    const nowMs = pool.ports.clock.now() + n;
    pool.report('https://b.example.com', { kind: 'failure', fault: 'refused' }, nowMs, nowMs, null);
  }
  expect(others()).toEqual(['https://c.example.com', 'https://b.example.com']);
  pool.close();
});

test.each([
  [{}, 'INVALID_OPTION'],
  [{ groups: [['https://one.example.com']] }, 'INVALID_OPTION'],
  [{ group: [GROUP] }, 'INVALID_OPTION'],
  [{ groups: [['https://a.example.com', 'https://a.example.com']] }, 'DUPLICATE_HOST'],
  [{ groups: [['https://a.example.com', 'http://b.example.com']] }, 'INSECURE_HOST'],
  [{ groups: [['https://a.example.com', 'b.example.com']] }, 'INVALID_HOST'],
])('%j is refused: %s', (options, code) => {
  expect(() => readSources(options as never)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['a.png', 'A(a.png)'],
  ['a.png 1x, b.png 2x', 'A(a.png) 1x, A(b.png) 2x'],
  ['a.png 1x,b.png 2x', 'A(a.png) 1x,A(b.png) 2x'],
  ['  a.png,  b.png 200w ', '  A(a.png),  A(b.png) 200w '],
  ['a,b.png 1x', 'A(a,b.png) 1x'],
  ['data:image/png;base64,xx== 1x, b.png 2x', 'A(data:image/png;base64,xx==) 1x, A(b.png) 2x'],
])('of the srcset %j each URL is changed, and nothing else', (srcset, changed) => {
  expect(changeUrls(srcset, (url) => `A(${url})`)).toBe(changed);
});

test('the guide shows the snippet as it is', () => {
  const guide = readFileSync(new URL('../../../docs/assets.md', import.meta.url), 'utf8');
  expect(guide).toContain(`<script>${EARLY_SNIPPET}</script>`);
});
