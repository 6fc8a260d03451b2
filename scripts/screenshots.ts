/**
 * `node scripts/screenshots.ts [name…]`: makes the pictures in docs/images, all of them or those whose name begins so. A picture is a row of
 * `PICTURES`; what it shows is made from the sources. It needs Chromium, and the fonts that pages name first look best:
 * apt-get install fonts-urw-base35 fonts-noto-core.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page, type Route } from 'playwright-core';
import type { OfflineLook } from '../src/serviceWorker/offlinePage/look.ts';
import { renderOfflinePage } from '../src/serviceWorker/offlinePage/render.ts';
import { readSiteOptions } from '../src/site/options.ts';
import { startWebDemo, type WebDemo } from '../test/rig/webDemo.ts';
import { buildOfflineKit } from './offlineKit.ts';

interface Picture {
  /** Of its file, without its ending. */
  readonly name: string;
  readonly screen: keyof typeof SCREENS;
  readonly scheme: 'light' | 'dark';
  /** Of the reader. Default `en-GB`. */
  readonly locale?: string;
  /** Brings the page to what is to be seen. What it gives is ended when the picture is taken. */
  readonly show: (page: Page) => Promise<AsyncDisposable | undefined>;
}

const FOLDER = join(import.meta.dirname, '../docs/images');

const SCREENS = {
  desktop: { width: 1200, height: 760 },
  phone: { width: 390, height: 760 },
  small: { width: 320, height: 640 },
} as const;

const LOOK: OfflineLook = { title: 'Northwind Books', languages: ['en', 'de', 'ar'] };
const HOSTS = ['https://books.example', 'https://backup.books.example', 'https://standby.books.example'];

/** A host's answer to a probe; null: none comes, and none will. */
type Answers = Readonly<Record<string, ((route: Route) => Promise<void>) | null>>;

const noAnswer = (route: Route): Promise<void> => route.abort('connectionrefused');
const notReady = (route: Route): Promise<void> =>
  route.fulfill({ status: 503, headers: { 'access-control-allow-origin': '*' } });
const healthy = (route: Route): Promise<void> =>
  route.fulfill({ body: 'ok', headers: { 'access-control-allow-origin': '*' } });

/** The page of a site whose first host is gone, and what its hosts answer then. */
async function showOffline(page: Page, answers: Answers, until: (page: Page) => Promise<unknown>): Promise<undefined> {
  const html = renderOfflinePage(readSiteOptions({ hosts: HOSTS }), LOOK, await buildOfflineKit());
  const [home = ''] = HOSTS;
  await page.route('**/*', (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (pathname !== '/switchover-health.txt')
      return route.fulfill({ body: html, contentType: 'text/html;charset=utf-8' });
    return answers[origin]?.(route);
  });
  await page.goto(`${home}/shelves/novels?author=austen`);
  await until(page);
}

/** Until it waits, with some seconds to go: what a reader sees most of the time. */
const waiting = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => /[3-9]/.test(document.querySelector('small')?.textContent ?? ''));

const [HOME = '', BACKUP = '', STANDBY = ''] = HOSTS;
const NONE: Answers = { [HOME]: noAnswer, [BACKUP]: noAnswer, [STANDBY]: notReady };

const PICTURES: readonly Picture[] = [
  { name: 'offline-page', screen: 'desktop', scheme: 'light', show: (page) => showOffline(page, NONE, waiting) },
  { name: 'offline-page-dark', screen: 'desktop', scheme: 'dark', show: (page) => showOffline(page, NONE, waiting) },
  { name: 'offline-page-phone', screen: 'phone', scheme: 'light', show: (page) => showOffline(page, NONE, waiting) },
  {
    name: 'offline-page-phone-dark',
    screen: 'phone',
    scheme: 'dark',
    show: (page) => showOffline(page, NONE, waiting),
  },
  {
    name: 'offline-page-small',
    screen: 'small',
    scheme: 'light',
    locale: 'de',
    show: (page) => showOffline(page, NONE, waiting),
  },
  {
    name: 'offline-page-rtl',
    screen: 'phone',
    scheme: 'light',
    locale: 'ar',
    show: (page) => showOffline(page, NONE, waiting),
  },
  {
    // The first host is mute, so that the page waits a moment for it although the last one is well.
    name: 'offline-page-leaving',
    screen: 'desktop',
    scheme: 'light',
    show: (page) =>
      showOffline(page, { [HOME]: null, [BACKUP]: noAnswer, [STANDBY]: healthy }, () =>
        page.locator('[data-state=answers]').waitFor(),
      ),
  },
  { name: 'status-widget', screen: 'desktop', scheme: 'light', show: showStatus },
  { name: 'status-widget-phone-dark', screen: 'phone', scheme: 'dark', show: showStatus },
  { name: 'control-page', screen: 'desktop', scheme: 'light', show: showControl },
  { name: 'control-page-dark', screen: 'desktop', scheme: 'dark', show: showControl },
];

/** Talk, and then the death of the server by which it went. */
async function useWebApp(page: Page, demo: WebDemo): Promise<void> {
  await page.goto(demo.a);
  await page.fill('#name', 'Mira');
  await page.keyboard.press('Enter');
  await sayAll(page, ['The ferry leaves at nine.', 'I have the tickets.']);
  await demo.act('a', 'kill');
  await sayAll(page, ['Was that the server?', 'Yes. Never mind.']);
}

async function sayAll(page: Page, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    await page.fill('.say input', line);
    await page.keyboard.press('Enter');
    await page.locator('li', { hasText: 'by server' }).filter({ hasText: line }).waitFor();
  }
}

const startDemo = (): Promise<WebDemo> => startWebDemo(['--port', '8000']);

async function showStatus(page: Page): Promise<WebDemo> {
  const demo = await startDemo();
  await useWebApp(page, demo);
  await page.locator('switchover-status summary').click();
  return demo;
}

async function showControl(page: Page): Promise<WebDemo> {
  const demo = await startDemo();
  await demo.act('b', 'freeze');
  await demo.act('b', 'thaw');
  await demo.act('a', 'kill');
  await page.goto(demo.control);
  await page.locator('.gone').waitFor();
  return demo;
}

async function take(browser: Browser, { name, screen, scheme, locale = 'en-GB', show }: Picture): Promise<void> {
  const context = await browser.newContext({
    viewport: SCREENS[screen],
    colorScheme: scheme,
    locale,
    deviceScaleFactor: 2,
    // Pictures of one state are to be the same each time.
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const shown = await show(page);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await context.close();
  await shown?.[Symbol.asyncDispose]();
  console.log(`docs/images/${name}.png`);
}

const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const picture of PICTURES) {
    if (wanted.length === 0 || wanted.some((name) => picture.name.startsWith(name))) await take(browser, picture);
  }
} finally {
  await browser.close();
}
