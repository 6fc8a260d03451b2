import { afterEach, expect, test, vi } from 'vitest';
import { serve } from '../../../src/serviceWorker/serve.ts';
import { readSiteOptions } from '../../../src/site/options.ts';

afterEach(() => vi.unstubAllGlobals());

test.each(['redirect', 'transparent'] as const)(
  'a worker that is made for one mode refuses the configuration of another, %s, before it does anything',
  (mode) => {
    const addEventListener = vi.fn();
    vi.stubGlobal('addEventListener', addEventListener);
    vi.stubGlobal('location', { origin: 'https://a.example' });
    vi.stubGlobal('SWITCHOVER', readSiteOptions({ hosts: ['https://a.example', 'https://b.example'], mode }));
    expect(() => serve('offline-page', {})).toThrow('Made for offline-page');
    expect(addEventListener).not.toHaveBeenCalled();
  },
);
