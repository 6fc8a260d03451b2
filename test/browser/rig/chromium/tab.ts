import type { Page } from 'playwright-core';
import type { TabDriver } from '../driver.ts';

export async function driveTab(page: Page): Promise<TabDriver> {
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`uncaught: ${error}`));
  const session = await page.context().newCDPSession(page);
  const crashed = new Promise<never>((_, reject) =>
    page.once('crash', () => reject(new Error('The page has crashed.'))),
  );
  crashed.catch(() => {});
  return {
    navigate: (url) => session.send('Page.navigate', { url }),
    reload: () => session.send('Page.reload'),
    async goBack() {
      const { currentIndex, entries } = await session.send('Page.getNavigationHistory');
      const entry = entries[currentIndex - 1];
      if (entry !== undefined) await session.send('Page.navigateToHistoryEntry', { entryId: entry.id });
    },
    // Not Playwright's own: that waits while a navigation is under way.
    async run(source) {
      const expression = `(${source})()`;
      const answer = session.send('Runtime.evaluate', { expression, awaitPromise: true });
      const { result, exceptionDetails } = await Promise.race([answer, crashed]);
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
      return String(result.value);
    },
    async address() {
      // Playwright's own answer is `chrome-error:` where a page could not be loaded.
      const { currentIndex, entries } = await session.send('Page.getNavigationHistory');
      return entries[currentIndex]?.url ?? page.url();
    },
    title: () => page.title(),
    screenshot: () => page.screenshot(),
    resize: (width, height) => page.setViewportSize({ width, height }),
    click: (selector) => page.locator(selector).first().click(),
    type: (selector, text) => page.locator(selector).first().pressSequentially(text),
    close: () => page.close(),
    said,
    crash: () => session.send('Page.crash'),
    async setFrozen(isFrozen) {
      await session.send('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' });
    },
    async stopWorkers() {
      await session.send('ServiceWorker.enable');
      await session.send('ServiceWorker.stopAllWorkers');
      // It tells of each start and stop as long as it is on.
      await session.send('ServiceWorker.disable');
    },
  };
}
