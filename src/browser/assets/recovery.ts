import { assetElement } from './elements.ts';
import type { FindPlace, Place } from './options.ts';

/** A file that a page has got, or has not. */
export interface AssetReport {
  /** What shows or runs it. */
  readonly element: Element;
  /** Where the page asked for it first. */
  readonly url: string;
  /** The origins that were asked, in that order: the last one gave it, if any did. */
  readonly asked: readonly string[];
}

/** What has become of one file of one element. */
interface Run {
  readonly url: string;
  readonly path: string;
  readonly asked: readonly string[];
  readonly isOver: boolean;
}

/** Who wants to know. */
export interface Listeners {
  readonly onRecovered?: ((asset: AssetReport) => void) | undefined;
  readonly onLost?: ((asset: AssetReport) => void) | undefined;
}

/** Sends elements from origin to origin until one of them has their file. */
export class Recovery {
  readonly #find: FindPlace;
  readonly #listeners: Listeners;
  readonly #runs = new WeakMap<Element, Run>();
  /** The script that an inserted one stands for. */
  readonly #standsFor = new WeakMap<Element, Element>();
  readonly #relayed = new WeakSet<Event>();

  constructor(find: FindPlace, listeners: Listeners) {
    this.#find = find;
    this.#listeners = listeners;
  }

  /** True for an element that has been here. */
  knows(element: Element): boolean {
    return this.#runs.has(headOf(element));
  }

  /** An element could not load its file. While there is an origin left nobody else hears of that: a page's own remedy would come between. */
  onError(event: Event): void {
    const { target } = event;
    if (!(target instanceof Element) || this.#relayed.has(event)) return;
    const isStandIn = this.#standsFor.has(target);
    if (this.recover(target) || isStandIn) event.stopImmediatePropagation();
  }

  /** An element has loaded a file, from wherever. */
  onLoad({ target }: Event): void {
    if (!(target instanceof Element)) return;
    const head = this.#headOf(target);
    const run = this.#runs.get(head);
    if (run === undefined || run.isOver) return;
    this.#runs.set(head, { ...run, isOver: true });
    if (head !== target && target instanceof HTMLScriptElement) this.#relay('load', head);
    this.#listeners.onRecovered?.(reportOf(head, run));
  }

  /** Has an element that failed load its file from the next origin; false if that can't be. */
  recover(element: Element): boolean {
    const asset = assetElement(element);
    const place = asset === null ? null : this.#find(asset.url);
    if (asset === null || place === null) return false;
    const head = this.#headOf(element);
    const run = runOf(this.#runs.get(head), head, asset.url, place);
    // Said of an origin that it has left already: some browsers tell twice of a player's source.
    if (run.asked.at(-1) !== place.origin) return true;
    const next = place.others.find(({ origin }) => !run.asked.includes(origin));
    if (next === undefined) {
      this.#lose(head, element, run);
      return false;
    }
    this.#runs.set(head, { ...run, asked: [...run.asked, next.origin] });
    const fresh = asset.move(next.url, (url) => this.#moved(url, place.origin, next.origin));
    if (fresh instanceof HTMLScriptElement) {
      this.#standsFor.set(fresh, head);
      if (element !== head) element.remove();
    }
    return true;
  }

  #lose(head: Element, element: Element, run: Run): void {
    this.#runs.set(head, { ...run, isOver: true });
    if (this.#standsFor.has(element)) {
      // A loader that finds it would wait for it.
      element.remove();
      this.#relay('error', head);
    }
    this.#listeners.onLost?.(reportOf(head, run));
  }

  /** The script that stood first is what loaders and pages listen to. */
  #relay(type: 'load' | 'error', head: Element): void {
    const event = new Event(type);
    this.#relayed.add(event);
    head.dispatchEvent(event);
  }

  #headOf(element: Element): Element {
    return this.#standsFor.get(element) ?? headOf(element);
  }

  /** The URL of the same file at another origin; any other URL as it was. */
  #moved(url: string, from: string, to: string): string {
    const place = URL.canParse(url, document.baseURI) ? this.#find(new URL(url, document.baseURI).href) : null;
    if (place?.origin !== from) return url;
    return place.others.find(({ origin }) => origin === to)?.url ?? url;
  }
}

/** A player stands for all of its sources. */
const headOf = (element: Element): Element =>
  element instanceof HTMLSourceElement ? (element.parentElement ?? element) : element;

/** A run goes on for as long as the element fails to load the same file. */
function runOf(before: Run | undefined, head: Element, url: string, { origin, path }: Place): Run {
  // A player may load the beginning of a broken file from everywhere, and would go round for ever.
  const mayGoOn = !before?.isOver || (head instanceof HTMLMediaElement && before.asked.at(-1) === origin);
  const goesOn = before?.path === path && mayGoOn;
  return goesOn ? { ...before, isOver: false } : { url, path, asked: [origin], isOver: false };
}

const reportOf = (element: Element, { url, asked }: Run): AssetReport => ({ element, url, asked });
