import { sleep, until, within } from '../../rig/wait.ts';
import type { TabDriver } from './driver.ts';

const LIMIT_MS = 30_000;
/** A page whose process is gone, or that is frozen, never answers. */
const MARK_LIMIT_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** A tab of a browser. Whatever cannot be done within 30 s rejects. */
export interface Tab {
  /**
   * Goes to `url`. Resolves when another document has been loaded, whichever it is: that of `url`, where a redirect or a
   * worker has led, an offline page, the browser's own error page. True then; false where none has been within `limitMs`
   * (default 30,000), as at a server that is mute: the navigation goes on. To a fragment of the same document: at once.
   */
  goto(url: string, limitMs?: number): Promise<boolean>;
  /** Loads the page anew. As {@link goto}. */
  reload(limitMs?: number): Promise<boolean>;
  /** Goes back in the tab's history, also to a page that was kept whole (back-forward cache). As {@link goto}. */
  back(limitMs?: number): Promise<boolean>;
  /**
   * Calls a function in the page. It sees nothing of the test but `argument`; that and what it gives are JSON (and
   * undefined). A promise is waited for. Rejects where the function throws, or the page is left before it has ended.
   */
  evaluate<Result>(fn: () => Result): Promise<Awaited<Result>>;
  evaluate<Result, Argument>(fn: (argument: Argument) => Result, argument: Argument): Promise<Awaited<Result>>;
  /** What the address bar shows; also of a page that could not be loaded. */
  url(): Promise<string>;
  title(): Promise<string>;
  /** The page's visible text. */
  text(): Promise<string>;
  /** A PNG of what is seen. */
  screenshot(): Promise<Buffer>;
  /** The size of the part of the window that shows the page, in CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  /** Clicks the first element, as a user does. Rejects where there is none. */
  click(selector: string): Promise<void>;
  /** Types into the first element, behind what it holds. */
  type(selector: string, text: string): Promise<void>;
  /** Lines of the console, and errors that nobody caught; nothing where the engine cannot (`hear`). */
  readonly said: readonly string[];
  /** Kills the process that draws the tab. Resolves when its page answers no more. Not in every engine (`crash`). */
  crash(): Promise<void>;
  /** Stops the page's life as for one that nobody sees, or lets it go on. Rejects where the engine cannot (`freeze`). */
  setFrozen(isFrozen: boolean): Promise<void>;
  /** Ends the browser's service workers, so that the next event starts them anew. Rejects where the engine cannot (`stopWorkers`). */
  stopWorkers(): Promise<void>;
  /** Ends it. May be called twice, and after a crash. */
  close(): Promise<void>;
}

export function createTab(driver: TabDriver): Tab {
  const evaluate = createEvaluate(driver);
  const move = createMove(driver);
  const bounded = <Value>(what: string, promise: Promise<Value>): Promise<Value> =>
    within(promise, LIMIT_MS, () => `The tab does not ${what}`);
  let isClosed = false;
  return {
    goto: (url, limitMs) => move(() => driver.navigate(url), limitMs, url),
    reload: (limitMs) => move(() => driver.reload(), limitMs),
    back: (limitMs) => move(() => driver.goBack(), limitMs),
    evaluate,
    url: () => bounded('tell its address', driver.address()),
    title: () => bounded('tell its title', driver.title()),
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not to be told
    text: () => evaluate(() => document.body.innerText),
    screenshot: () => bounded('show itself', driver.screenshot()),
    resize: (width, height) => bounded('change its size', driver.resize(width, height)),
    click: (selector) => bounded(`click ${selector}`, driver.click(selector)),
    type: (selector, text) => bounded(`type into ${selector}`, driver.type(selector, text)),
    said: driver.said ?? [],
    async crash() {
      if (driver.crash === undefined) throw new Error('This engine has no process that may be killed.');
      // What becomes of the answer does not matter: the tab's own does.
      driver.crash().catch(() => {});
      const isGone = (): Promise<boolean> =>
        driver.run(`async () => ''`).then(
          () => false,
          () => true,
        );
      await until(isGone, LIMIT_MS, () => 'The tab answers although its process was killed');
    },
    async setFrozen(isFrozen) {
      if (driver.setFrozen === undefined) throw new Error('This engine cannot freeze a page.');
      await bounded('change its life', driver.setFrozen(isFrozen));
    },
    async stopWorkers() {
      if (driver.stopWorkers === undefined) throw new Error('This engine cannot stop its workers.');
      await bounded('stop its workers', driver.stopWorkers());
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await bounded('close', driver.close());
    },
  };
}

function createEvaluate({ run }: TabDriver): Tab['evaluate'] {
  return async (fn: (argument?: unknown) => unknown, argument?: unknown) => {
    const call = `(${fn})(${JSON.stringify(argument) ?? 'undefined'})`;
    const source = `async () => {
      try { return JSON.stringify({ value: await ${call} }); }
      catch (error) { return JSON.stringify({ error: String(error), stack: String(error?.stack) }); }
    }`;
    const text = await within(run(source), LIMIT_MS, () => `The page does not answer: ${fn}`);
    const { value, error, stack } = JSON.parse(text);
    if (error !== undefined) throw new Error(`In the page: ${error}\n${stack}`);
    return value;
  };
}

/** Moves a tab, and waits until it shows another document than before, or is at another place in the same. */
function createMove({ run, address }: TabDriver) {
  let lastMark = 0;
  const leaveMark = async (): Promise<number> => {
    lastMark += 1;
    // No mark can be left in a page whose process is gone: any document is another one then.
    const marking = run(`async () => { window.rigMark = '${lastMark} ' + location.href; return ''; }`);
    await within(marking, MARK_LIMIT_MS, () => '').catch(() => {});
    return lastMark;
  };
  /** Not so while there is no document. */
  const hasArrived = async (mark: number, hasFailed: boolean): Promise<boolean> => {
    // Firefox' own error page never says that it is complete.
    const isLoaded = hasFailed ? `document.readyState !== 'loading'` : `document.readyState === 'complete'`;
    return (await run(`async () => String(window.rigMark !== '${mark} ' + location.href && ${isLoaded})`)) === 'true';
  };
  return async (act: () => Promise<unknown>, limitMs = LIMIT_MS, url?: string): Promise<boolean> => {
    const deadlineMs = performance.now() + limitMs;
    const bounded = <Value>(promise: Promise<Value>): Promise<Value | undefined> =>
      within(promise, Math.max(1, deadlineMs - performance.now()), () => '').catch(() => undefined);
    const isWithin = url?.includes('#') && withoutFragment(url) === withoutFragment(await address());
    const mark = await leaveMark();
    const failing = act().then(
      () => false,
      () => true,
    );
    const hasFailed = (await bounded(failing)) ?? false;
    if (isWithin) return true;
    while (performance.now() < deadlineMs) {
      if (await bounded(hasArrived(mark, hasFailed))) return true;
      await sleep(LOOK_EVERY_MS);
    }
    return false;
  };
}

const withoutFragment = (url: string): string => url.replace(/#.*/, '');
