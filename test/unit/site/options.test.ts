import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { readSiteOptions, type SiteOptions } from '../../../src/site/options.ts';

const hosts = ['https://a.example.com', 'https://b.example.com'];

describe('the options of a site', () => {
  test('are filled in, and hosts keep their order', () => {
    const config = readSiteOptions({ hosts: ['https://B.example.com:443', 'https://a.example.com'] });
    expect(config.hosts).toEqual([
      { origin: 'https://b.example.com', probe: 'https://b.example.com/switchover-health.txt' },
      { origin: 'https://a.example.com', probe: 'https://a.example.com/switchover-health.txt' },
    ]);
    expect(config.mode).toBe('offline-page');
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  test('give the same hosts in any order the same name', () => {
    expect(readSiteOptions({ hosts }).name).toBe(readSiteOptions({ hosts: [...hosts].reverse() }).name);
  });

  test('let a host be probed at a path, or at another port', () => {
    const health = ['/up', 'https://a.example.com:8443/up?full=1'];
    const read = readSiteOptions({ hosts: hosts.map((url, at) => ({ url, health: health[at] ?? '' })) });
    expect(read.hosts.map(({ probe }) => probe)).toEqual([
      'https://a.example.com/up',
      'https://a.example.com:8443/up?full=1',
    ]);
  });

  test.each<[string, object, string]>([
    ['no hosts', { hosts: [] }, 'NO_HOSTS'],
    ['a host twice', { hosts: ['https://a.example.com', 'https://A.example.com/'] }, 'DUPLICATE_HOST'],
    ['a host with a path', { hosts: ['https://a.example.com/shop'] }, 'INVALID_HOST'],
    ['http to another machine', { hosts: ['http://a.example.com'] }, 'INSECURE_HOST'],
    ['a probe over http', { hosts: [{ url: hosts[0], health: 'http://a.example.com/up' }] }, 'INSECURE_HOST'],
    ['a misspelt name', { hosts, offlinepage: '/x' }, 'INVALID_OPTION'],
    ['a misspelt name of a host', { hosts: [{ url: hosts[0], helth: '/up' }] }, 'INVALID_OPTION'],
    ['an unknown mode', { hosts, mode: 'magic' }, 'INVALID_OPTION'],
    ['an empty marker', { hosts, marker: '' }, 'INVALID_OPTION'],
    ['a name that is none', { hosts, name: '' }, 'INVALID_OPTION'],
    ['a name of another kind', { hosts, name: 7 }, 'INVALID_OPTION'],
    ['time that is no number', { hosts, navigationMs: Number.NaN }, 'INVALID_OPTION'],
    ['no time at all', { hosts, navigationMs: 0 }, 'INVALID_OPTION'],
    ['a group of one', { hosts, assets: [['https://cdn.example.com']] }, 'INVALID_OPTION'],
    ['a group that names an origin twice', { hosts, assets: [[hosts[0], hosts[0]]] }, 'DUPLICATE_HOST'],
  ])('refuse %s, with a remedy', (_what, options, code) => {
    const error = catchError(() => readSiteOptions(options as SiteOptions));
    expect(error.code).toBe(code);
    expect(error.remedy).not.toBe('');
  });

  test('never take a path that leads to another host', () => {
    const path = fc.stringMatching(/^[/\\. a-z@:\t%0-9]{0,12}$/);
    fc.assert(
      fc.property(path, (offlinePage) => {
        const config = attempt(() => readSiteOptions({ hosts, offlinePage }));
        fc.pre(config !== null);
        expect(new URL(offlinePage, 'https://a.example.com').origin).toBe('https://a.example.com');
      }),
    );
  });
});

function catchError(act: () => unknown): SwitchoverError {
  try {
    act();
  } catch (error) {
    if (SwitchoverError.is(error)) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
