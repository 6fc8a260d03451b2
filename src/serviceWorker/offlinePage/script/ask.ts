import { block, type PageHost } from './page.ts';

/** What a host was found to be: healthy, or nothing came back, or something else did. */
type Answer = 'answers' | 'silent' | 'unwell';

/**
 * How long a better host may take once a lesser one has answered, in milliseconds. As in RFC 8305, 5: long enough for a healthy host, too
 * short to be noticed.
 */
const GRACE_MS = 250;

/**
 * Asks all hosts at once, best first. The best that is healthy goes to `settled`, or nothing where none is; that happens once, unless the
 * function that comes back is called before: it ends everything.
 */
export function askAll(
  hosts: readonly PageHost[],
  show: (host: PageHost, state: Answer | 'asking') => void,
  settled: (best: PageHost | undefined) => void,
): () => void {
  const control = new AbortController();
  const healthy = new Set<PageHost | undefined>();
  let left = hosts.length;
  const stop = (): void => {
    left = -1;
    control.abort();
  };
  const settle = (): void => {
    if (left < 0) return;
    stop();
    settled(hosts.find((host) => healthy.has(host)));
  };
  const take = (host: PageHost, answer: Answer): void => {
    // What was ended says nothing of its host.
    if (left < 0) return;
    left -= 1;
    show(host, answer);
    if (answer === 'answers') {
      healthy.add(host);
      setTimeout(settle, GRACE_MS);
    }
    if (left === 0 || healthy.has(hosts[0])) settle();
  };
  setTimeout(() => control.abort(), block.probeMs);
  for (const host of hosts) {
    show(host, 'asking');
    void fetch(host.probe, { signal: control.signal, cache: 'no-store', credentials: 'omit', redirect: 'error' })
      // A captive portal answers anything with 200, but not with this.
      .then(async (response) => ((await response.text()).includes(block.marker) && response.ok ? 'answers' : 'unwell'))
      .catch(() => 'silent' as const)
      .then((answer) => take(host, answer));
  }
  return stop;
}
