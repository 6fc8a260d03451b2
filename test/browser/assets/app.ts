import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { sharedModules } from '../../../src/publish/sharedModules.ts';

const FILES = {
  'index.html':
    '<!doctype html><html lang="en"><head><title>App</title></head><body><script type="module" src="/main.js"></script></body></html>',
  'mapped.html':
    '<!doctype html><html lang="en"><head><title>App</title></head><body><script type="module" src="/main.js"></script></body></html>',
  'main.js': `
    import { visits } from './shared.js';
    visits.push('page');
    window.runs = (window.runs ?? 0) + 1;
    export const app = {
      visits,
      plain: () => import('./chunk.js'),
      bad: () => import('./bad.js'),
      load: (load) => load(() => import('./chunk.js'), import.meta),
      loadBad: (load) => load(() => import('./bad.js'), import.meta),
    };
    window.app = app;
    window.firstApp ??= app;`,
  'shared.js': 'export const visits = [];',
  'chunk.js': `
    import { visits } from './shared.js';
    import { app } from './main.js';
    import './chunk.css';
    import('./deeper.js');
    export const isShared = app === window.firstApp;
    visits.push('chunk');`,
  'deeper.js': `export const deeper = 1;`,
  'bad.js': `window.bad = (window.bad ?? 0) + 1; throw new Error('bad from the start');`,
  'chunk.css': ':root { --chunk: yes }',
};

/** Builds a Vite app with chunks into `dist`. `index.html` is as Vite makes it, `mapped.html` has an import map. */
export async function buildViteApp(project: string, hosts: readonly string[]): Promise<void> {
  mkdirSync(project, { recursive: true });
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(project, name), content);
  const { transformIndexHtml, ...plugin } = sharedModules(hosts);
  const { handler, order } = transformIndexHtml;
  await build({
    root: project,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        ...plugin,
        transformIndexHtml: {
          order,
          handler: (html, page) => (page.path === '/mapped.html' ? handler(html, page) : []),
        },
      },
    ],
    build: {
      outDir: 'dist',
      rolldownOptions: { input: [join(project, 'index.html'), join(project, 'mapped.html')] },
    },
  });
}
