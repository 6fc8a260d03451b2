/**
 * What the offline page says, in one language. `{}` stands for what is put in; each such text has it exactly once.
 */
export interface OfflineTexts {
  /** The large line, and the tab's title. */
  readonly heading: string;
  /** What the page does. */
  readonly lead: string;
  /** The large line where the browser says that it has no connection. */
  readonly offlineHeading: string;
  /** What the page does then. */
  readonly offlineLead: string;
  /** A host's state: it was asked, and nothing has come back yet. */
  readonly asking: string;
  /** A host's state: nothing came back. */
  readonly silent: string;
  /** A host's state: something came back, but not what a healthy host says. */
  readonly unwell: string;
  /** A host's state: healthy. */
  readonly answers: string;
  /** When hosts are asked next. `{}` is a span of time as in "in 8 seconds", in the form of `Intl.RelativeTimeFormat`. */
  readonly next: string;
  /** Hosts are being asked. */
  readonly trying: string;
  /** The button. */
  readonly tryNow: string;
  /** Stands before the address that was asked for. */
  readonly asked: string;
  /** The page is about to be left. `{}` is a host's name. */
  readonly leaving: string;
  /** After a try that the person asked for. */
  readonly still: string;
  /** A host is healthy, yet to go there has led back to this page. `{}` is its name. */
  readonly stuck: string;
}

/** The texts that have a place for something, and need it. */
export const WITH_PLACE: readonly (keyof OfflineTexts)[] = ['next', 'leaving', 'stuck'];
