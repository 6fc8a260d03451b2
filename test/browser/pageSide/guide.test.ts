import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { useSite } from './setup.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/browser.md'), 'utf8');
const blocks = [...guide.matchAll(/^```([^\n]+)\n(.*?)^```$/gms)];

/** The guide's code as one program, over hosts that run. */
async function program(hosts: readonly string[]): Promise<string> {
  const code = blocks.map(([, , text]) => text).join('\n');
  const here = code.replace(
    "'https://a.example.com', 'https://b.example.com'",
    hosts.map((host) => `'${host}'`).join(),
  );
  const { outputFiles } = await build({
    stdin: {
      contents: `${here}\nObject.assign(window, { guide: { failover, me, careful, worker } });`,
      resolveDir: root,
    },
    alias: {
      'switchover/browser': join(root, 'src/browser/index.ts'),
      switchover: join(root, 'src/index.browser.ts'),
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

test('docs/browser.md has nothing but blocks that run', () => {
  expect([...new Set(blocks.map(([, kind]) => kind))]).toEqual(['js page']);
});

declare global {
  interface Window {
    readonly guide?: { readonly me: unknown; readonly worker: { readonly state: string } };
  }
}

eachEngine((browser) => {
  let script = '';
  const site = useSite(browser, ({ url }, response) => {
    if (url === '/api/me') response.setHeader('content-type', 'application/json').end('{"name":"Ann"}');
    else if (url === '/guide.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (url === '/switchover-sw.js') response.setHeader('content-type', 'text/javascript').end('');
    else return false;
    return true;
  });

  test('docs/browser.md does what it says', async () => {
    script = await program(['a', 'b'].map((name) => `http://${name}.app.localhost:${site.port}`));
    const tab = await site.open();
    await tab.evaluate(() => {
      const { log } = console;
      console.log = (text: string) => {
        window.side.log.push(text);
        log(text);
      };
      const element = document.createElement('script');
      element.type = 'module';
      element.src = '/guide.js';
      document.body.append(element);
    });
    await untilIn(tab, () => window.guide?.worker.state === 'registered', null, 'the worker is not registered');
    expect(await tab.evaluate(() => [window.side.log, window.side.uncaught])).toEqual([['Dear Ann'], []]);
    expect(await tab.evaluate(() => window.guide?.me)).toEqual({ name: 'Ann' });
  });
});
