/** An app over two hosts, as far as a move between them goes, for tests to call: `window.journey`. */
import { type Arrival, type Handoff, handoff, idbStore } from '../../../src/browser/index.ts';
import { createFailover } from '../../../src/index.browser.ts';
import { moveSession } from '../../../src/site/handoff.ts';
import { handoffKey } from '../../../src/site/names.ts';
import { ChannelLog } from '../pages/channelLog.ts';

declare global {
  interface Window {
    /** Written into the page by its server. */
    readonly HOSTS: readonly string[];
    readonly journey: typeof journey;
  }
}

const NAME = 'app';
/** Whatever the page has asked for, as a script would see it that sends addresses on. */
const seen = [location.href];
addEventListener('hashchange', () => seen.push(location.href));

let heard: ChannelLog | undefined;
let arrival: Arrival | undefined;
const log: string[] = [];

const moves: Handoff = handoff({
  hosts: window.HOSTS,
  name: NAME,
  answerMs: 20_000,
  async closing() {
    await heard?.channel.close();
    log.push('closed');
  },
});
seen.push(location.href);
void moves.arrived.then((how) => {
  arrival = how;
});
const failover = createFailover({ hosts: window.HOSTS, name: NAME, storage: moves.storage });

const json = async (path: string, body?: unknown) => {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  return (await fetch(path, body === undefined ? {} : init)).json();
};

const journey = {
  moves,
  log,
  /** The page's addresses: as it was loaded, and ever since it looked for a code. */
  seen,
  get heard(): ChannelLog {
    if (heard === undefined) throw new Error('No channel was opened in this page.');
    return heard;
  },
  get arrival(): Arrival | undefined {
    return arrival;
  },
  async signIn(user: string): Promise<string> {
    const { token } = await json('/api/sign-in', { user });
    await moves.keep(token);
    return token;
  },
  async me(): Promise<string | null> {
    return (await json('/api/me')).user;
  },
  /** Opens the channel, with the token that was kept, here or at the other host. */
  open(): void {
    const credential = async () => (await moves.storage.get(handoffKey(NAME))) ?? '';
    heard = new ChannelLog(failover.channel('/channel', { credential }));
  },
  leave(way: 'fragment' | 'form' | 'offline page', backup: string): void {
    const left = way === 'offline page' ? leaveAsOfflinePage(backup) : moves.to(backup, { by: way });
    left.catch((error: unknown) => log.push(String(error)));
  },
};

/** What a page does that has nothing but the database: it knows of no channels, and closes none. */
async function leaveAsOfflinePage(backup: string): Promise<void> {
  await heard?.channel.close();
  log.push('closed');
  const meta = document.createElement('meta');
  meta.name = 'referrer';
  meta.content = 'origin';
  document.head.append(meta);
  const store = idbStore();
  const keys = await store.keys();
  const entries = await Promise.all(keys.map(async (key) => [key, (await store.get(key)) ?? ''] as const));
  const { held = [] } = await navigator.locks.query();
  const config = { name: NAME, handoff: '/switchover-handoff' };
  const names = held.map(({ name = '' }) => name);
  location.replace(
    await moveSession({ fetch: (url, init) => fetch(url, init), entries, config, backup, url: location, held: names }),
  );
}

Object.assign(window, {
  journey,
  tools: { say: () => JSON.stringify([location.href, arrival, heard?.told, heard?.got, log]) },
});
