import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { bakeConfig, configChanges } from '../../../src/publish/bakedConfig.ts';
import { readSiteOptions, type SiteOptions } from '../../../src/site/options.ts';

const baked = (options: Partial<SiteOptions>): string =>
  `// first\n${bakeConfig(readSiteOptions({ hosts: ['https://a.example.com', 'https://b.example.com'], ...options }))}(()=>{})();\n`;

describe('a baked config', () => {
  test('is read by the worker as it was written, whatever its texts hold', () => {
    const marker = '</script><!-- \u2028\u2029 "\\ \' `';
    const self: { SWITCHOVER?: { marker: string } } = {};
    const script = bakeConfig(readSiteOptions({ hosts: ['https://a.example.com'], marker }));
    runInNewContext(script, { self });
    expect(self.SWITCHOVER?.marker).toBe(marker);
    expect(script).not.toMatch(/[<\u2028\u2029]/);
  });

  test('says what differs from another', () => {
    const changes = configChanges(
      baked({ mode: 'redirect' }),
      baked({ dwellMs: 5, hosts: ['https://a.example.com'], name: 'x' }),
    );
    expect(changes).toContain('mode: "redirect" → "offline-page"');
    expect(changes).toContain('dwellMs: 30000 → 5');
    expect(changes.map((change) => change.split(':')[0])).toEqual(['name', 'hosts', 'mode', 'dwellMs']);
  });

  test('is the same after a checkout with other line ends', () => {
    expect(configChanges(baked({}).replaceAll('\n', '\r\n'), baked({}))).toEqual([]);
  });

  test('of a file that has none is compared with nothing', () => {
    expect(configChanges('kill switch', baked({}))).toEqual([]);
    expect(configChanges('self.SWITCHOVER = {\nbroken\n};', baked({}))).toEqual([]);
  });
});
