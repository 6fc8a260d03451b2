import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HELP } from '../../../src/cli/init/words.ts';
import { readPublishOptions } from '../../../src/publish/options.ts';
import { siteFiles } from '../../../src/publish/siteFiles.ts';
import { SITE_DEFAULTS } from '../../../src/site/options.ts';
import { freePort } from '../../rig/ports.ts';
import { until } from '../../rig/wait.ts';

const guide = await readFile(join(import.meta.dirname, '../../../docs/sites.md'), 'utf8');
const NGINX = '/usr/sbin/nginx';

const hasNginx = ((): boolean => {
  try {
    accessSync(NGINX);
    return true;
  } catch {
    return false;
  }
})();

describe('docs/sites.md', () => {
  const rows = [...guide.matchAll(/^\| (?:`(--[a-z-]+)[^|]*)?\|([^|]*)\|/gm)].filter(([row]) =>
    /--|`\w+(Ms|\.texts)/.test(row),
  );

  test('names every option of init', () => {
    const offered = new Set([...HELP.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name));
    for (const name of ['--version', '--help', '--config']) offered.delete(name);
    const described = rows.flatMap(([, flag]) => flag ?? []).filter((flag, at, all) => all.indexOf(flag) === at);
    expect(described.sort()).toEqual([...offered].sort());
  });

  test('names options of the file that there are', () => {
    const names = rows.flatMap(([, , keys = '']) =>
      [...keys.matchAll(/`(\w+)(?:\.\w+)?`/g)].map(([, key]) => key ?? ''),
    );
    expect(names).toContain('navigationMs');
    for (const name of names.filter((key) => key !== 'hosts')) {
      const options = { hosts: ['https://a.example.com'], [name]: undefined };
      expect(() => readPublishOptions(options as Parameters<typeof readPublishOptions>[0])).not.toThrow();
    }
  });
});

test('docs/sites.md tells the defaults as they are', () => {
  const { navigationMs, waryNavigationMs, marker, probePath, offlinePage, mode } = SITE_DEFAULTS;
  expect(guide).toContain(
    `nothing after ${navigationMs / 1_000} s (${waryNavigationMs / 1_000} s shortly after a failure)`,
  );
  expect(guide).toContain(`default \`${marker}\``);
  for (const path of [probePath, offlinePage]) expect(guide).toContain(`\`${path.slice(1)}\``);
  expect(guide).toMatch(new RegExp(`^\\| \`${mode}\` \\|.*The default \\|$`, 'm'));
});

test('docs/sites.md shows a config file that is one', () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
  const kit = { script: '', handoffScript: '', style: '', sha256: () => '' };
  const parts = {
    version: '1.0.0',
    workers: { 'offline-page': '', redirect: '', transparent: '' },
    interposer: '',
    killSwitch: '',
    kit,
  };
  const [page] = siteFiles(JSON.parse(json), parts);
  expect(page?.text).toContain('We are not there right now');
});

describe.skipIf(!hasNginx)('nginx, set up as docs/sites.md says', () => {
  let folder: string;
  let nginx: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchover-nginx-'));
    port = await freePort('127.0.0.1');
    for (const name of ['index.html', 'switchover-sw.js', 'switchover-health.txt'])
      await writeFile(join(folder, name), 'ok\n');
    const [, config = ''] = /```nginx\n([\s\S]*?)```/.exec(guide) ?? [];
    const site = config
      .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
      .replace('root /srv/site', `root ${folder}`);
    await writeFile(
      join(folder, 'nginx.conf'),
      `user root;\ndaemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log ${folder}/errors;\nevents {}\nhttp {\naccess_log off;\n${site}\n}\n`,
    );
    nginx = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'errors')], {
      stdio: 'ignore',
    });
    await until(
      async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null))?.ok === true,
      20_000,
      () => 'nginx does not serve',
    );
  });

  afterAll(async () => {
    if (nginx.exitCode === null) {
      nginx.kill('SIGKILL');
      await once(nginx, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });

  const headersOf = async (path: string, origin?: string): Promise<(string | null)[]> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: origin === undefined ? {} : { origin },
    });
    await response.arrayBuffer();
    return ['access-control-allow-origin', 'vary', 'cache-control'].map((name) => response.headers.get(name));
  };

  test('lets the site’s own hosts read, and nobody else', async () => {
    const other = 'https://www2.example.com';
    expect(await headersOf('/', other)).toEqual([other, 'Origin', null]);
    expect(await headersOf('/')).toEqual([null, 'Origin', null]);
    for (const origin of ['https://www3.example.com', 'https://www.example.com.evil.example', 'null']) {
      expect(await headersOf('/', origin)).toEqual([null, 'Origin', null]);
    }
  });

  test('keeps the worker and what is probed out of caches', async () => {
    expect(await headersOf('/switchover-sw.js', 'https://www.example.com')).toEqual([
      'https://www.example.com',
      'Origin',
      'no-cache',
    ]);
    expect(await headersOf('/switchover-health.txt?x')).toEqual([null, 'Origin', 'no-store']);
  });

  test('says it with errors, too, which are a host’s answers as well', async () => {
    expect(await headersOf('/missing.png', 'https://www2.example.com')).toEqual([
      'https://www2.example.com',
      'Origin',
      null,
    ]);
  });
});
