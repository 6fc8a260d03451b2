import { sleep } from '../../../rig/wait.ts';
import type { TabDriver } from '../driver.ts';
import type { Send, Session } from './webdriver.ts';

/** The name under which an element's ID travels (WebDriver, "web element identifier"). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const LOOK_EVERY_MS = 10;

/**
 * A script that starts a function, and gives what its promise has come to within a short while: a command that took its time
 * would hold up those of all other tabs. The source is a part of it, as a page's policy may forbid it to be evaluated there.
 */
const start = (source: string): string => `
  const done = arguments[0];
  const calls = (window.rigCalls ??= []);
  const call = {};
  const number = calls.push(call) - 1;
  const settled = (${source})().then((text) => { call.text = text; }, (error) => { call.error = String(error); });
  const after = new Promise((resolve) => setTimeout(resolve, 50));
  Promise.race([settled, after]).then(() => done({ number, ...call }));
`;

/** Asks what a function that was started has come to. It is null in another document. */
const ASK = 'return window.rigCalls?.[arguments[0]] ?? null;';

interface Call {
  readonly number: number;
  readonly text?: string;
  readonly error?: string;
}

export function driveTab(session: Session, handle: string): TabDriver {
  const inTab = <Result>(commands: (send: Send) => Promise<Result>): Promise<Result> =>
    session.inWindow(handle, commands);
  const script = (kind: 'sync' | 'async', text: string, ...args: unknown[]) =>
    inTab((send) => send('POST', `/execute/${kind}`, { script: text, args }));
  const element = async (send: Send, selector: string): Promise<string> => {
    const found = await send('POST', '/element', { using: 'css selector', value: selector });
    return (found as Readonly<Record<string, string>>)[ELEMENT] ?? '';
  };
  const run = async (source: string): Promise<string> => {
    const { number, ...first } = (await script('async', start(source))) as Call;
    for (let call: Partial<Call> | null = first; ; call = (await script('sync', ASK, number)) as Call | null) {
      if (call === null) throw new Error('The page was left.');
      if (call.error !== undefined) throw new Error(call.error);
      if (call.text !== undefined) return call.text;
      await sleep(LOOK_EVERY_MS);
    }
  };
  return {
    navigate: (url) => inTab((send) => send('POST', '/url', { url })),
    reload: () => inTab((send) => send('POST', '/refresh')),
    goBack: () => inTab((send) => send('POST', '/back')),
    run,
    address: async () => String(await inTab((send) => send('GET', '/url'))),
    title: async () => String(await inTab((send) => send('GET', '/title'))),
    screenshot: async () => Buffer.from(String(await inTab((send) => send('GET', '/screenshot'))), 'base64'),
    resize: async (width, height) => void (await inTab((send) => send('POST', '/window/rect', { width, height }))),
    click: (selector) =>
      inTab(async (send) => void (await send('POST', `/element/${await element(send, selector)}/click`))),
    type: (selector, text) =>
      inTab(async (send) => void (await send('POST', `/element/${await element(send, selector)}/value`, { text }))),
    close: async () => void (await inTab((send) => send('DELETE', '/window')).catch(() => {})),
  };
}
