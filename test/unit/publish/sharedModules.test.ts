import { expect, test } from 'vitest';
import { sharedModules } from '../../../src/publish/sharedModules.ts';

const HOSTS = ['https://a.example.com', 'https://b.example.com'];
const BUNDLE = {
  'assets/main.js': { type: 'chunk', imports: ['assets/shared.js', 'react'] },
  'assets/shared.js': { type: 'chunk', imports: ['assets/main.js'] },
  'assets/lazy.js': { type: 'chunk', imports: ['assets/main.js'] },
} as const;

function importsUnder(base: string): unknown {
  const plugin = sharedModules(HOSTS);
  plugin.configResolved({ base });
  const page = { chunk: { fileName: 'assets/main.js' }, bundle: BUNDLE };
  const [tag] = plugin.transformIndexHtml.handler('', page);
  return JSON.parse(tag?.children ?? '').imports;
}

test('a page maps what it loads by itself, and nothing else', () => {
  expect(importsUnder('/app/')).toEqual({
    'https://a.example.com/app/assets/main.js': '/app/assets/main.js',
    'https://a.example.com/app/assets/shared.js': '/app/assets/shared.js',
    'https://b.example.com/app/assets/main.js': '/app/assets/main.js',
    'https://b.example.com/app/assets/shared.js': '/app/assets/shared.js',
  });
});

test.each([
  ['./', 'https://b.example.com/assets/main.js', './assets/main.js'],
  ['https://a.example.com/x/', 'https://b.example.com/x/assets/main.js', 'https://a.example.com/x/assets/main.js'],
])('under the base %s too', (base, copy, own) => {
  expect(importsUnder(base)).toHaveProperty([copy], own);
});

test('a page without a module has no map', () => {
  expect(sharedModules(HOSTS).transformIndexHtml.handler('', {})).toEqual([]);
});

test.each([
  ['https://a.example.com', 'INVALID_OPTION'],
  [['http://a.example.com'], 'INSECURE_HOST'],
  [['a'], 'INVALID_HOST'],
])('%j is refused', (hosts, code) => {
  expect(() => sharedModules(hosts as never)).toThrow(expect.objectContaining({ code }));
});
