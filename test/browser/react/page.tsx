/** The app in a page. */
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import { createFailover, type HostPool } from '../../../src/index.browser.ts';
import { App, hands, type Parts, record } from './app.tsx';
import { tear } from './tearing.tsx';

const ALL: Parts = { status: true, listener: true, composer: true };
const session = { open: () => 'token', attach: () => ({}) };
const errors: string[] = [];
const said: string[] = [];
let root: Root | undefined;
let pool: HostPool | undefined;
let sent = 0;
let talking: ReturnType<typeof setInterval> | undefined;

const onError = (error: unknown) => void errors.push(String((error as { code?: string }).code ?? error));
const handlers = { onRecoverableError: onError, onUncaughtError: onError, onCaughtError: onError };
const container = () => document.querySelector('main') ?? document.body.appendChild(document.createElement('main'));
// React tells of mismatches and misuse here.
console.error = (...words: readonly unknown[]) => void errors.push(words.map(String).join(' '));

const react = {
  record,
  hands,
  errors,
  said,
  /** The app with a failover that its provider makes. */
  mount(hosts: readonly string[], parts: Partial<Parts> = {}) {
    root ??= createRoot(container(), handlers);
    root.render(<App provider={{ options: { hosts, session } }} parts={{ ...ALL, ...parts }} />);
  },
  /** Takes over what a server has rendered, in a page that knows more by then: work goes to the second host. */
  hydrate(hosts: readonly string[]) {
    const failover = createFailover({ hosts, session });
    failover.prefer(hosts[1] ?? null);
    root = hydrateRoot(container(), <App provider={{ failover }} parts={ALL} />, handlers);
  },
  /** Says how the pool was until then. */
  unmount(): 'closed' | 'in use' {
    pool = hands.failover?.pool;
    const was = pool?.closed ? 'closed' : 'in use';
    root?.unmount();
    root = undefined;
    return was;
  },
  /** The pool of the app that was unmounted. */
  get last() {
    return pool;
  },
  talk(everyMs: number) {
    talking = setInterval(() => react.send(), everyMs);
  },
  send() {
    sent += 1;
    const n = sent;
    hands.channel?.send({ n }).then(() => record.accepted.push(n), onError);
  },
  stop() {
    clearInterval(talking);
    return sent;
  },
  text: (id: string) => document.getElementById(id)?.textContent ?? null,
  /** Notes each text that comes into the banner. */
  watchBanner() {
    const banner = document.querySelector('.banner') as Element;
    new MutationObserver(() => said.push(banner.textContent ?? '')).observe(banner, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  },
  tear,
};

export type ReactTools = typeof react;

declare global {
  interface Window {
    readonly react: ReactTools;
  }
}

Object.assign(window, { react });
