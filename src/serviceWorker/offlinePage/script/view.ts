import type { SiteHost } from '../../../site/config.ts';
import type { PageBlock } from '../block.ts';
import { addressOn } from './address.ts';
import type { HostState } from './ask.ts';
import { chooseTexts } from './texts.ts';

/** A host that answers at once is not seen being asked: what flickers says nothing. In milliseconds. */
const SEEN_MS = 200;

/** What can be told aloud, in one sentence. */
export type Word = 'lead' | 'trying' | 'leaving' | 'still' | 'stuck';

/** The page as its script sees it. */
export interface View {
  readonly button: HTMLElement;
  /** The link to a host. */
  readonly link: (host: SiteHost) => HTMLElement;
  readonly showHost: (host: SiteHost, state: HostState) => void;
  /** When hosts are asked next, in whole seconds; null: now. */
  readonly showNext: (seconds: number | null) => void;
  /** Told to those who listen, too: only on a change. */
  readonly tell: (word: Word, host?: SiteHost) => void;
}

export function createView(block: PageBlock): View {
  const [language, texts] = chooseTexts(block.texts, navigator.languages);
  const inWords = new Intl.RelativeTimeFormat(language);
  const find = (selector: string): HTMLElement => document.querySelector(selector) as HTMLElement;
  const put = (selector: string, text: string): void => {
    const element = find(selector);
    if (element.textContent !== text) element.textContent = text;
  };
  const rows = new Map<SiteHost, HTMLLIElement>();
  const waits = new Map<SiteHost, number>();
  let trying: number | undefined;
  document.querySelectorAll('li').forEach((row, at) => {
    const host = block.hosts[at];
    const link = row.firstChild as HTMLAnchorElement;
    if (host === undefined) return;
    rows.set(host, row);
    link.href = addressOn(host.origin, block).href;
  });
  const setHost = (host: SiteHost, state: HostState): void => {
    const row = rows.get(host);
    if (row === undefined) return;
    row.dataset['state'] = state;
    (row.lastChild as HTMLElement).textContent = texts[state];
  };
  const root = document.documentElement;
  root.lang = language;
  root.dir = texts.dir ?? 'ltr';
  document.title = document.title.replace(find('h1').textContent ?? '', texts.heading);
  find('ul').setAttribute('aria-label', texts.servers);
  put('button', texts.tryNow);
  put('.asked span', texts.asked);
  put('bdi', readable(location.host + location.pathname + location.search));
  find('.act').hidden = find('.asked').hidden = false;
  return {
    button: find('button'),
    link: (host) => rows.get(host)?.firstChild as HTMLElement,
    showHost(host, state) {
      clearTimeout(waits.get(host));
      if (state === 'asking') waits.set(host, setTimeout(setHost, SEEN_MS, host, state));
      else setHost(host, state);
    },
    showNext(seconds) {
      clearTimeout(trying);
      if (seconds === null) trying = setTimeout(put, SEEN_MS, '.act span', texts.trying);
      else put('.act span', texts.next.replace('{}', inWords.format(seconds, 'second')));
    },
    tell(word, host) {
      put('h1', navigator.onLine ? texts.heading : texts.offlineHeading);
      const text = word === 'lead' && !navigator.onLine ? texts.offlineLead : texts[word];
      // Between marks that isolate it: a name is read from left to right in any language.
      put('[role=status]', text.replace('{}', `\u2068${host?.origin.replace(/^\w+:\/\//, '')}\u2069`));
    },
  };
}

/** An address in letters rather than in codes, where that is possible. */
function readable(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}
