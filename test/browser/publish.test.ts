import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useLine } from '../../src/publish/note.ts';
import type { PublishOptions } from '../../src/publish/options.ts';
import { readParts } from '../../src/publish/parts.ts';
import { killSwitchFiles, siteFiles } from '../../src/publish/siteFiles.ts';
import { writeFiles } from '../../src/publish/writeFiles.ts';
import { freePort } from '../rig/ports.ts';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { startSite } from './rig/site.ts';
import { eachEngine } from './rig/vitest.ts';

const LIMIT_MS = 20_000;
const BUILT = join(import.meta.dirname, '../../dist/sw.js');

eachEngine(({ openTab }) => {
  const rig = useRig();

  test('what is written anew reaches browsers: another offline page with the next update, and the kill switch', async () => {
    expect(existsSync(BUILT), 'what is published is what the build made: run `npm run build`').toBe(true);
    const line = useLine({ base: '/', ownWorker: false });
    const page = `<!doctype html><html lang="en"><title>A page</title>${line}</html>`;
    const { a: server, folder } = await startSite(rig, { hostnames: ['a.localhost'], files: { 'any.html': page } });
    const origin = server.url;
    const hosts = [origin, `http://b.localhost:${await freePort('127.0.0.1')}`];
    const publish = (options: Partial<PublishOptions>) =>
      writeFiles(folder, siteFiles({ hosts, ...options }, readParts()));

    await publish({ page: { title: 'First' } });
    const tab = await openTab(`${origin}/`);
    await until(
      () => tab.evaluate(isInstalled),
      LIMIT_MS,
      () => 'the worker is not installed',
    );
    // From here on it is under the worker, which therefore stays.
    await tab.reload();
    expect((await publish({ page: { title: 'Second' } })).map(({ kind }) => kind)).toEqual([
      'updated',
      'unchanged',
      'updated',
    ]);
    await tab.evaluate(lookForUpdate);
    await until(
      () => tab.evaluate(isWaiting),
      LIMIT_MS,
      () => 'the new worker is not there',
    );
    await server.kill();
    await tab.goto(`${origin}/news`);
    expect(await tab.title()).toMatch(/ · Second$/);
    expect(await tab.url()).toBe(`${origin}/news`);

    await server.restart();
    await until(
      // A page that is being left has no answer.
      async () => !/^$|Second/.test(await tab.title().catch(() => '')),
      LIMIT_MS,
      () => 'the page is not back',
    );
    await writeFiles(folder, killSwitchFiles(readParts(), false));
    await tab.evaluate(lookForUpdate).catch(() => {});
    await until(
      () => tab.evaluate(isClean).catch(() => false),
      LIMIT_MS,
      () => 'something of the worker has stayed',
    );
  });
});

const isInstalled = (): Promise<boolean> =>
  navigator.serviceWorker.ready.then(({ active }) => active?.state === 'activated');

async function lookForUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  await registration?.update();
}

const isWaiting = (): Promise<boolean> =>
  navigator.serviceWorker.getRegistration('/').then((registration) => registration?.waiting != null);

const isClean = async (): Promise<boolean> => {
  const [registrations, kept] = [await navigator.serviceWorker.getRegistrations(), await caches.keys()];
  return registrations.length === 0 && kept.length === 0;
};
