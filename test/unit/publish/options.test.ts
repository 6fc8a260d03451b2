import { describe, expect, test } from 'vitest';
import { fileUnder, type PublishOptions, readPublishOptions } from '../../../src/publish/options.ts';

const hosts = ['https://a.example.com', 'https://b.example.com'];
const codeOf = (options: PublishOptions): unknown => {
  try {
    readPublishOptions(options);
    return 'fine';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('the base of a site', () => {
  test.each([
    [undefined, '/'],
    ['/', '/'],
    ['/app', '/app/'],
    ['/app/v2/', '/app/v2/'],
  ])('%s puts the offline page and what is probed under it', (base, under) => {
    const { config } = readPublishOptions({ hosts, ...(base === undefined ? {} : { base }) });
    expect(config.offlinePage).toBe(`${under}switchover-offline.html`);
    expect(config.hosts[1]?.probe).toBe(`https://b.example.com${under}switchover-health.txt`);
  });

  test.each([
    './',
    '',
    'app',
    '//evil.example/',
    'https://cdn.example.com/',
    '/a/../b/',
    '/a b/',
    "/'/",
    '/a//b/',
    '/%2e%2e/',
  ])('is refused where it could be read in two ways: %j', (base) => {
    expect(codeOf({ hosts, base })).toBe('INVALID_OPTION');
  });
});

describe('the offline page', () => {
  test('may lie in a folder of its own', () => {
    const { config } = readPublishOptions({ hosts, base: '/app', offlinePage: '/app/errors/offline.html' });
    expect(fileUnder('/app/', config.offlinePage)).toBe('errors/offline.html');
  });

  test('has a name by which servers tell that it is a page', () => {
    expect(codeOf({ hosts, offlinePage: '/offline' })).toBe('INVALID_OPTION');
  });

  test.each(['/offline.html', '/app/../offline.html', '/app/offline.html?x.html', '/app/%2e%2e/x.html'])(
    'lies in the public folder, and so not at %s',
    (path) => {
      expect(() => fileUnder('/app/', path)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );
});

test.each([{ base: 5 }, { base: null }, { ownWorker: 'yes' }, { page: 'plain' }, { page: null }])(
  'a value of another kind, as a JSON file may have it, is refused: %j',
  (options) => {
    expect(codeOf({ hosts, ...options } as unknown as PublishOptions)).toBe('INVALID_OPTION');
  },
);

test('an option that nobody reads is refused', () => {
  expect(codeOf({ hosts, bass: '/app/' } as PublishOptions)).toBe('INVALID_OPTION');
});
