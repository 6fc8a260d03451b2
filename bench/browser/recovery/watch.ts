import type { Tab } from '../../../test/browser/rig/tab.ts';
import { sleep } from '../../../test/rig/wait.ts';

const LOOK_EVERY_MS = 10;

/** What a user sees. */
export type View = 'the app' | 'an offline page' | "the server's error" | "the browser's error";

/** How a navigation went. */
export interface Recovery {
  /** What came first, and after how long; null: nothing within the limit. */
  readonly first: View | null;
  readonly firstMs: number | null;
  /** When the app's own page was there; null: not within the limit. */
  readonly usableMs: number | null;
}

/** Goes to a page, and watches until it is there or the limit is over. */
export async function visit(tab: Tab, url: string, limitMs: number): Promise<Recovery> {
  const startedMs = performance.now();
  const passedMs = (): number => performance.now() - startedMs;
  const { pathname: path } = new URL(url);
  tab.goto(url, limitMs).catch(() => {});
  let first: View | null = null;
  let firstMs: number | null = null;
  while (passedMs() < limitMs) {
    const view = await viewOf(tab, path, limitMs - passedMs());
    if (view !== null) firstMs ??= passedMs();
    first ??= view;
    if (view === 'the app') return { first, firstMs, usableMs: passedMs() };
    // The browser asks nobody again by itself, and neither does a page of that kind.
    if (view === "the browser's error" || view === "the server's error") break;
    await sleep(LOOK_EVERY_MS);
  }
  return { first, firstMs, usableMs: null };
}

/** Null while nothing new is there. A page that is being left has no answer, nor has one whose navigation hangs. */
async function viewOf(tab: Tab, path: string, limitMs: number): Promise<View | null> {
  const looked = tab.evaluate(look, path).catch(() => null);
  return Promise.race([looked, sleep(Math.max(0, limitMs)).then(() => null)]);
}

/** Runs in the page. */
function look(path: string): View | null {
  const { title, body, readyState } = document;
  if (readyState === 'loading' || body === null) return null;
  // As the servers' program titles its pages, with its name before it.
  if (title === `a ${path}` || title === `b ${path}`) return 'the app';
  if (/^[ab] \//.test(title)) return null;
  if (title === 'offline' || document.querySelector('[role=status]') !== null) return 'an offline page';
  const text = body.textContent?.trim() ?? '';
  // Firefox shows an empty page on the way from one process to another.
  if (text === '') return null;
  return text.startsWith('status ') ? "the server's error" : "the browser's error";
}
