import type { TabDriver } from '../driver.ts';
import type { Bidi } from './bidi.ts';
import { rendererOf } from './renderer.ts';

/** An entry of the log, as far as it is read here. */
export interface LogEntry {
  readonly level: string;
  readonly text: string;
  readonly source: { readonly context?: string };
}

interface Called {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

export function driveTab(bidi: Bidi, context: string, said: readonly string[], browserPid: number): TabDriver {
  const run = async (source: string): Promise<string> => {
    const call = { functionDeclaration: source, awaitPromise: true, target: { context } };
    const { type, result, exceptionDetails } = await bidi.send<Called>('script.callFunction', call);
    if (type === 'exception') throw new Error(exceptionDetails?.text);
    return result?.value ?? '';
  };
  const locate = async (selector: string): Promise<{ readonly sharedId: string }> => {
    const locator = { type: 'css', value: selector };
    const { nodes } = await bidi.send<{ nodes: { sharedId: string }[] }>('browsingContext.locateNodes', {
      context,
      locator,
    });
    if (nodes[0] === undefined) throw new Error(`There is no ${selector}.`);
    return { sharedId: nodes[0].sharedId };
  };
  const click = async (selector: string): Promise<void> => {
    const origin = { type: 'element', element: await locate(selector) };
    const steps = [
      { type: 'pointerMove', x: 0, y: 0, origin },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await bidi.send('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions: steps }] });
  };
  return {
    navigate: (url) => bidi.send('browsingContext.navigate', { context, url, wait: 'complete' }),
    reload: () => bidi.send('browsingContext.reload', { context, wait: 'complete' }),
    goBack: () => bidi.send('browsingContext.traverseHistory', { context, delta: -1 }),
    run,
    async address() {
      const { contexts } = await bidi.send<{ contexts: { url: string }[] }>('browsingContext.getTree', {
        root: context,
        maxDepth: 0,
      });
      return contexts[0]?.url ?? '';
    },
    title: () => run('async () => document.title'),
    async screenshot() {
      const { data } = await bidi.send<{ data: string }>('browsingContext.captureScreenshot', { context });
      return Buffer.from(data, 'base64');
    },
    resize: async (width, height) =>
      void (await bidi.send('browsingContext.setViewport', { context, viewport: { width, height } })),
    click,
    async type(selector, text) {
      await click(selector);
      const keys = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      const actions = [{ type: 'key', id: 'keyboard', actions: [{ type: 'keyDown', value: '\uE010' }, ...keys] }];
      await bidi.send('input.performActions', { context, actions });
    },
    // A tab that went with its process or its profile is closed.
    close: async () => void (await bidi.send('browsingContext.close', { context }).catch(() => {})),
    said,
    crash: async () => process.kill(await rendererOf(run, browserPid), 'SIGKILL'),
  };
}
