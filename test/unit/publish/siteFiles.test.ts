import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { PublishOptions } from '../../../src/publish/options.ts';
import type { SiteParts } from '../../../src/publish/parts.ts';
import { killSwitchFiles, noteFile, siteFiles } from '../../../src/publish/siteFiles.ts';
import { readStamp } from '../../../src/publish/stamp.ts';
import { readSiteOptions } from '../../../src/site/options.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
const parts: SiteParts = {
  version: '1.2.3',
  workers: {
    'offline-page': '"use strict";(()=>{self.seen=self.SWITCHOVER})();\n//# sourceMappingURL=sw.js.map\n',
    redirect: '(()=>{self.seen=self.SWITCHOVER;self.mode="redirect"})();\n',
    transparent: '(()=>{self.seen=self.SWITCHOVER;self.mode="transparent"})();\n',
  },
  interposer: '(()=>{self.seen=self.SWITCHOVER;self.stands="before"})();\n',
  killSwitch: '(()=>{self.gone=true})();\n//# sourceMappingURL=kill-sw.js.map\n',
  kit: { script: 'start()', handoffScript: 'startWithHandoff()', style: 'p{}', sha256 },
};
const hosts = ['https://a.example.com', 'https://b.example.com'];

const filesOf = (options: Partial<PublishOptions> = {}): Record<string, string> =>
  Object.fromEntries(siteFiles({ hosts, ...options }, parts).map(({ path, text }) => [path, text]));
const noteOf = (options: Partial<PublishOptions>): string => noteFile({ hosts, ...options }, parts).text;

describe('the files of a site', () => {
  test('are the worker, the offline page and what is probed, and each knows that it is ours', () => {
    const files = filesOf();
    expect(Object.keys(files)).toEqual(['switchover-offline.html', 'switchover-health.txt', 'switchover-sw.js']);
    for (const text of [...Object.values(files), noteOf({})]) {
      expect(readStamp(text)).toEqual({ version: '1.2.3', intact: true });
    }
  });

  test('give the worker the config that the options mean', () => {
    const self: { seen?: unknown } = {};
    runInNewContext(filesOf({ mode: 'offline-page' })['switchover-sw.js'] ?? '', { self });
    expect(self.seen).toEqual(readSiteOptions({ hosts, mode: 'offline-page' }));
  });

  test.each(['redirect', 'transparent'] as const)('hold the worker that is made for their mode: %s', (mode) => {
    const self: { seen?: unknown; mode?: unknown } = {};
    runInNewContext(filesOf({ mode })['switchover-sw.js'] ?? '', { self });
    expect(self).toMatchObject({ seen: readSiteOptions({ hosts, mode }), mode });
  });

  test('name no source map, which would not be there', () => {
    const all = [...siteFiles({ hosts }, parts), ...killSwitchFiles(parts, false)].map(({ text }) => text).join('');
    expect(all).not.toContain('sourceMappingURL');
  });

  test('have another worker where only the offline page is another, so that browsers fetch it', () => {
    const [before, after] = [filesOf(), filesOf({ page: { title: 'Quay' } })];
    expect(after['switchover-offline.html']).toContain('Quay');
    expect(after['switchover-sw.js']).not.toBe(before['switchover-sw.js']);
  });

  test('are the same whenever they are made from the same options', () => {
    expect(filesOf({ page: { languages: ['de'] } })).toEqual(filesOf({ page: { languages: ['de'] } }));
  });

  test('lie under the base', () => {
    const files = filesOf({ base: '/app', offlinePage: '/app/errors/offline.html' });
    expect(Object.keys(files)).toEqual(['errors/offline.html', 'switchover-health.txt', 'switchover-sw.js']);
    expect(files['switchover-sw.js']).toContain('"https://b.example.com/app/switchover-health.txt"');
  });

  test('answer a probe with the marker', () => {
    expect(filesOf({ marker: 'quay is well' })['switchover-health.txt']).toMatch(/^quay is well\n/);
  });

  test.each([{ probePath: '/healthz' }, { hosts: hosts.map((url) => ({ url, health: '/healthz' })) }])(
    'leave the probes to a site that has its own: %j',
    (options) => {
      expect(filesOf(options)).not.toHaveProperty(['switchover-health.txt']);
      expect(noteOf(options)).not.toContain('switchover-health.txt');
    },
  );

  test('answer probes of the hosts that name nothing of their own', () => {
    const files = filesOf({ hosts: ['https://a.example.com', { url: 'https://b.example.com', health: '/healthz' }] });
    expect(files).toHaveProperty(['switchover-health.txt']);
  });

  test('are refused where an option can not be meant', () => {
    const wrong = (options: Partial<PublishOptions>) => () => filesOf(options);
    expect(wrong({ hosts: [] })).toThrow(expect.objectContaining({ code: 'NO_HOSTS' }));
    expect(wrong({ page: { languages: ['xx'] } })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(wrong({ base: '/app', offlinePage: '/offline.html' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('the note', () => {
  test('says what a page registers, and what servers send', () => {
    const note = noteOf({ base: '/app/' });
    expect(note).toContain("register('/app/switchover-sw.js', { updateViaCache: 'none' })");
    expect(note).toContain('| `/app/switchover-sw.js` | `Cache-Control: no-cache` |');
    expect(note).toContain('| `/app/switchover-health.txt` | `Access-Control-Allow-Origin: <origin>`');
    expect(note).toContain('--kill');
  });

  test('asks for readable documents in transparent mode alone', () => {
    expect(noteOf({ mode: 'transparent' })).toContain('| documents | ');
    expect(noteOf({ mode: 'redirect' })).not.toContain('| documents | ');
  });

  test('names the probes of a site that has its own', () => {
    expect(noteOf({ probePath: '/healthz/ready' })).toContain('| `/healthz/ready` | `Access-Control-Allow-Origin');
  });
});

describe('a site with a worker of its own', () => {
  test('gets a script for that to load first, and no worker', () => {
    const files = filesOf({ ownWorker: true });
    expect(Object.keys(files)).toEqual(['switchover-offline.html', 'switchover-health.txt', 'switchover-interpose.js']);
    const self: { seen?: unknown; stands?: string } = {};
    runInNewContext(files['switchover-interpose.js'] ?? '', { self });
    expect(self).toEqual(expect.objectContaining({ stands: 'before', seen: readSiteOptions({ hosts }) }));
  });

  test('is told to load it, and nothing of registering', () => {
    const note = noteOf({ ownWorker: true, base: '/app' });
    expect(note).toContain("importScripts('/app/switchover-interpose.js');");
    expect(note).toContain('| `/app/switchover-interpose.js` | `Cache-Control: no-cache` |');
    expect(note).toContain('--kill --own-worker');
    expect(note).not.toContain('switchover-sw.js');
  });
});

describe('the kill switch', () => {
  const runKill = (ownWorker: boolean): unknown => {
    const [file, ...more] = killSwitchFiles(parts, ownWorker);
    const self: { gone?: boolean } = {};
    runInNewContext(file?.text ?? '', { self });
    return [file?.path, more, self.gone];
  };

  test('takes the place of the worker', () => {
    expect(runKill(false)).toEqual(['switchover-sw.js', [], true]);
  });

  test('leaves a worker of the site to itself', () => {
    expect(runKill(true)).toEqual(['switchover-interpose.js', [], undefined]);
  });
});
