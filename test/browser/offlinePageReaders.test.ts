import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TEXTS } from '../../src/serviceWorker/offlinePage/texts/index.ts';
import { until } from '../rig/wait.ts';
import { offlinePageFor } from './offlinePage/site.ts';
import { findProgram } from './rig/process.ts';

/** What a reader's browser is set to, which only Chromium lets a test say. */
describe('the offline page', () => {
  const program = findProgram('chromium') ?? 'chromium';
  let browser: Browser;
  let server: Server;
  let html = '';
  let asked = 0;

  beforeAll(async () => {
    // Serves the page itself at any path, and is never well.
    server = createServer((request, response) => {
      const isPage = request.headers.accept?.startsWith('text/html') ?? false;
      if (isPage) asked += 1;
      response.writeHead(isPage ? 200 : 503, { 'content-type': 'text/html;charset=utf-8' }).end(isPage ? html : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    html = await offlinePageFor(
      { hosts: [home(), 'http://a-backup-with-a-rather-long-name.of-the-same-house.localhost:1024'] },
      { title: 'Northwind Books', languages: Object.keys(TEXTS) },
    );
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  });

  const home = (): string => `http://home.localhost:${(server.address() as AddressInfo).port}`;

  async function open(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${home()}/shelves?author=austen`);
    return page;
  }

  test('speaks each reader’s language, in its direction, and fits into 320 pixels', async () => {
    const page = await open({ viewport: { width: 320, height: 640 } });
    await page.addInitScript(() => {
      const wanted = new URLSearchParams(location.search).get('language');
      Object.defineProperty(navigator, 'languages', { value: [wanted] });
    });
    for (const [language, { heading }] of Object.entries(TEXTS)) {
      await page.goto(`${home()}/?language=${language}`);
      const shown = await page.evaluate(() => {
        const { lang, dir, scrollWidth } = document.documentElement;
        return { lang, dir, heading: document.querySelector('h1')?.textContent, scrollWidth };
      });
      const dir = ['ar', 'he'].includes(language) ? 'rtl' : 'ltr';
      expect(shown).toEqual({ lang: language, dir, heading, scrollWidth: 320 });
    }
    await page.context().close();
  });

  test('names what it shows to those who hear it, and tells them nothing twice', async () => {
    const page = await open({ locale: 'en' });
    const status = page.getByRole('status');
    await status.waitFor();
    await page.evaluate(() => {
      const told = document.querySelector('[role=status]') as HTMLElement;
      new MutationObserver(() => told.toggleAttribute('data-changed', true)).observe(told, { childList: true });
    });
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(TEXTS.en.heading);
    expect(await page.getByRole('listitem').count()).toBe(2);
    expect(await page.getByRole('link').count()).toBe(2);
    await page.waitForFunction(() => document.querySelector('small')?.textContent !== '');
    // The countdown is nobody's news.
    expect(
      await page
        .locator('small')
        .first()
        .evaluate((small) => small.closest('[role],[aria-live]')),
    ).toBeNull();
    expect(await status.getAttribute('data-changed')).toBeNull();
    await page.getByRole('button', { name: TEXTS.en.tryNow }).press('Enter');
    await page.getByText(TEXTS.en.still).waitFor();
    expect(await status.getAttribute('data-changed')).toBe('');
    await page.context().close();
  });

  test('keeps still where the reader wants that', async () => {
    for (const [reducedMotion, moves] of [
      ['reduce', 'none'],
      ['no-preference', 'ask'],
    ] as const) {
      const page = await open({ reducedMotion });
      const name = await page.evaluate(() => {
        const row = document.querySelector('li') as HTMLElement;
        row.dataset['state'] = 'asking';
        return getComputedStyle(row.firstChild as Element, '::before').animationName;
      });
      expect(name).toBe(moves);
      await page.context().close();
    }
  });

  test('asks again and links on without a script', async () => {
    html = html.replace('http-equiv="refresh" content="20"', 'http-equiv="refresh" content="1"');
    const before = asked;
    const page = await open({ javaScriptEnabled: false });
    await until(
      () => asked >= before + 3,
      20_000,
      () => 'it does not ask again',
    );
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('link').allTextContents()).toEqual([
      home().slice(7),
      'a-backup-with-a-rather-long-name.of-the-same-house.localhost:1024',
      TEXTS.ar.tryNow,
    ]);
    expect(page.url()).toBe(`${home()}/shelves?author=austen`);
    await page.context().close();
  });
});
