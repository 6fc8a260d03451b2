import { describe, expect, test } from 'vitest';
import { startSite } from '../../browser/rig/site.ts';
import { useRig } from '../../rig/vitest.ts';
import { look, SILENCE_MS } from './look.ts';

const rig = useRig();
const FILES = {
  'index.html': '<h1>%SERVER%</h1>',
  'about.html': '<h1>about</h1>',
  'any.html': '<h1>any</h1>',
  'code/app.js': 'ran();',
};
/** As a browser asks for a page. */
const page = { headers: { accept: 'text/html,*/*' } };

/** By address: not every Node knows what `a.localhost` is. */
const at = (url: string, path: string): string => `http://127.0.0.1:${new URL(url).port}${path}`;

describe('a site', () => {
  test('has the same files at each of its servers, and pages name the one that gave them', async () => {
    const site = await startSite(rig, { files: FILES });
    const text = async (url: string, path: string) => (await look(at(url, path))).body.toString();
    expect(site.hosts).toEqual([`http://a.localhost:${site.a.port}`, `http://b.localhost:${site.b.port}`]);
    expect([await text(site.a.url, '/'), await text(site.b.url, '/')]).toEqual(['<h1>a</h1>', '<h1>b</h1>']);
    expect([await text(site.a.url, '/about'), await text(site.a.url, '/x/y')]).toEqual([
      '<h1>about</h1>',
      '<h1>any</h1>',
    ]);
    const script = await look(at(site.b.url, '/code/app.js?v=1'));
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect((await look(at(site.a.url, '/no.js'))).status).toBe(404);
    site.write('no.js', '');
    expect((await look(at(site.a.url, '/no.js'))).status).toBe(200);
    expect([site.asked(site.a, '/no.js'), site.asked(site.b, '/code/*'), site.asked(site.b, '/no.js')]).toEqual([
      2, 1, 0,
    ]);
  });

  test('answers a path as it is told, keeps other origins out if it is told so, and gives out nothing else', async () => {
    const answers = { '/api': { status: 201, headers: { 'set-cookie': 'a=1' }, body: 'made' } };
    const { a } = await startSite(rig, { files: FILES, answers, settings: { cors: false } });
    const made = await look(at(a.url, '/api'), { headers: { origin: 'http://c.localhost' } });
    expect([made.status, made.body.toString(), made.headers.get('set-cookie')]).toEqual([201, 'made', 'a=1']);
    expect(made.headers.get('access-control-allow-origin')).toBeNull();
    expect((await look(at(a.url, '/..%2f..%2fetc/hostname.js'))).status).toBe(404);
  });

  test('fails for some requests only: for pages, for the rest, for a path', async () => {
    const { a } = await startSite(rig, { files: FILES });
    const statuses = async () => [
      (await look(at(a.url, '/'), page)).status,
      (await look(at(a.url, '/code/app.js'))).status,
      (await look(at(a.url, '/about?q'))).status,
    ];
    await a.mode({ kind: 'status', status: 503, only: 'navigations' });
    expect(await statuses()).toEqual([503, 200, 200]);
    await a.mode({ kind: 'status', status: 503, only: 'rest' });
    expect(await statuses()).toEqual([200, 503, 503]);
    await a.mode({ kind: 'mute', only: ['/about'] });
    expect(await look(at(a.url, '/about?q'), { silenceMs: SILENCE_MS })).toMatchObject({ end: 'silent before' });
    expect((await look(at(a.url, '/'), page)).status).toBe(200);
  });

  test('sends a body slowly, and whole', async () => {
    const { a } = await startSite(rig, { files: FILES });
    await a.mode({ kind: 'slowBody', everyMs: 5, chunkBytes: 3 });
    expect((await look(at(a.url, '/'))).body.toString()).toBe('<h1>a</h1>');
  });
});
