import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/existing-workers.md'), 'utf8');

// Whether it works is seen in browsers: test/browser/ownWorkers.test.ts.
test.each([
  'workbox-generate/build.js',
  'workbox-inject/switchover.options.js',
  'workbox-inject/sw.js',
  'workbox-inject/build.js',
  'vite-generate/vite.config.js',
  'vite-inject/vite.config.js',
  'vite-inject/src/sw.js',
  'serwist/sw.js',
  'serwist/build.js',
  'hand-written/public/sw.js',
])('the guide for sites that have a worker shows %s as it is tested', (file) => {
  expect(guide).toContain(readFileSync(join(root, 'test/browser/apps', file), 'utf8').trim());
});
