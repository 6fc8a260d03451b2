import { addressOn } from './address.ts';
import { block, find, hosts, language, type PageHost, root, texts } from './page.ts';

const SCHEME = /\w+:\/\//;

const inTime = new Intl.RelativeTimeFormat(language);

function put(selector: string, text: string): void {
  const element = find(selector);
  // What stays as it is must not be read out again.
  if (element.textContent !== text) element.textContent = text;
}

/** Puts the page into the reader's language, and what was asked for into the page. Its links go the page's own way. */
export function setUp(depart: (origin: string) => void): void {
  root.lang = language;
  root.dir = texts.dir ?? 'ltr';
  put('button', texts.tryNow);
  put('small span', texts.asked);
  put('bdi', readable(location.href.replace(SCHEME, '')));
  for (const { row, origin } of hosts) {
    const link = row.firstChild as HTMLAnchorElement;
    link.href = addressOn(origin);
    link.onclick = (event) => {
      // To be opened elsewhere.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return true;
      depart(origin);
      return false;
    };
  }
}

/** The point beside a host shows that it is being asked; its text is what came of the last time. */
export function showHost({ row }: PageHost, state: 'asking' | 'silent' | 'unwell' | 'answers'): void {
  const said = row.lastChild as HTMLElement;
  row.dataset['state'] = state;
  if (state !== 'asking' || !said.textContent) said.textContent = texts[state];
}

/** When hosts are asked next, in whole seconds; 0: they are being asked. */
export function showNext(seconds: number): void {
  put('small', seconds === 0 ? '' : texts.next.replace('{}', inTime.format(seconds, 'second')));
}

/** What the page says of how things stand. */
export type Word = 'lead' | 'trying' | 'leaving' | 'still' | 'stuck';

/** Told to those who listen, too, on a change. */
export function tell(word: Word, origin = ''): void {
  const { onLine } = navigator;
  const heading = onLine ? texts.heading : texts.offlineHeading;
  put('h1', heading);
  put('title', heading + block.title);
  const text = word === 'lead' && !onLine ? texts.offlineLead : texts[word];
  // Between marks that isolate it: a name is read from left to right in any language.
  put('[role]', text.replace('{}', `\u2068${origin.replace(SCHEME, '')}\u2069`));
}

/** An address in letters rather than in codes, where that is possible. */
function readable(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}
