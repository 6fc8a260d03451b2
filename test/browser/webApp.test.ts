import { describe, expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { startWebDemo, type WebDemo } from '../rig/webDemo.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const LIMIT_MS = 180_000;

describe('the web app', () => {
  const rig = useRig();

  eachEngine(({ openTab }) => {
    test(
      'keeps its user signed in and loses no line: in a killed server, over reloads, and over the move to the other hostname',
      async () => {
        const demo = rig.owns(await startWebDemo());
        const tab = await openTab(demo.a);
        await signIn(tab, 'ann');
        await workerHolds(tab);
        await say(tab, 'all is well');
        await heard(tab, ['all is well']);

        await killByHand(await openTab(demo.control));
        await say(tab, 'by the other server');
        await heard(tab, ['all is well', 'by the other server']);

        await demo.act('b', 'kill');
        await say(tab, 'while there is no server');
        await waiting(tab);
        await tab.reload();
        await demo.act('b', 'start');
        await isAt(tab, demo.b);
        await heard(tab, ['all is well', 'by the other server', 'while there is no server']);
        await say(tab, 'from the other hostname');
        await heard(tab, LINES);

        await showsPictures(tab);
        await backAgain(tab, demo);
      },
      LIMIT_MS,
    );

    test(
      'stays at its address in transparent mode, with its session',
      async () => {
        const demo = rig.owns(await startWebDemo(['--mode', 'transparent']));
        const tab = await openTab(demo.a);
        await signIn(tab, 'ben');
        await workerHolds(tab);
        await say(tab, 'one');
        await heard(tab, ['one']);
        await demo.act('a', 'kill');
        await tab.reload();
        expect(await tab.url()).toBe(`${demo.a}/`);
        await heard(tab, ['one']);
        await say(tab, 'two');
        await heard(tab, ['one', 'two']);
        await showsPictures(tab);
      },
      LIMIT_MS,
    );
  });
});

/** On the control page. Who uses the keyboard is led on to what can be done next. */
async function killByHand(control: Tab): Promise<void> {
  await untilIn(
    control,
    () => document.querySelector('[name="kill a"]:enabled') !== null,
    null,
    'nothing can be killed',
  );
  await control.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>('[name="kill a"]');
    button?.focus();
    button?.click();
  });
  const isLedOn = () => document.activeElement?.getAttribute('name') === 'start a';
  await untilIn(control, isLedOn, null, 'the focus is lost');
  // A page behind another one takes its time.
  await control.close();
}

const LINES = ['all is well', 'by the other server', 'while there is no server', 'from the other hostname'];

/** The user who was moved is still signed in at the first hostname, too, and finds there what was said meanwhile. */
async function backAgain(tab: Tab, demo: WebDemo): Promise<void> {
  await demo.act('a', 'start');
  await tab.goto(demo.a);
  await heard(tab, LINES);
}

async function signIn(tab: Tab, name: string): Promise<void> {
  await untilIn(tab, () => document.querySelector('#name') !== null, null, 'nobody is asked for a name');
  await tab.type('#name', name);
  await tab.click('.sign-in button');
  await untilIn(tab, () => document.querySelector('.say input') !== null, null, 'the room does not open');
}

/** A page is its worker's own from its next navigation on. */
async function workerHolds(tab: Tab): Promise<void> {
  await tab.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

async function say(tab: Tab, text: string): Promise<void> {
  await untilIn(tab, () => document.querySelector('.say input') !== null, null, 'the room is not open');
  await tab.type('.say input', text);
  await tab.click('.say button');
}

/** Until just these lines are there, once and in order, and none waits to be sent. */
async function heard(tab: Tab, lines: readonly string[]): Promise<void> {
  const shown = () =>
    tab.evaluate(() =>
      [...document.querySelectorAll('li')].map((line) => `${line.className} ${line.firstElementChild?.textContent}`),
    );
  let last: readonly string[] = [];
  const expected = lines.map((line) => `own ${line}`).join();
  await until(
    async () => {
      last = await shown().catch(() => []);
      return last.join() === expected;
    },
    60_000,
    () => `Not heard as it was said: ${last.join(' | ')}`,
  );
}

const waiting = (tab: Tab): Promise<void> =>
  untilIn(tab, () => document.querySelector('li.waiting') !== null, null, 'no line waits');

async function isAt(tab: Tab, origin: string): Promise<void> {
  await until(
    async () => (await tab.url().catch(() => '')).startsWith(origin),
    60_000,
    () => `The page is not led to ${origin}`,
  );
}

/** The chunk and the images of the dialog. */
async function showsPictures(tab: Tab): Promise<void> {
  await tab.click('#show-pictures');
  const loaded = () => {
    const pictures = [...document.querySelectorAll('dialog img')] as HTMLImageElement[];
    return pictures.length === 4 && pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
  };
  await untilIn(tab, loaded, null, 'the pictures are not there');
}
