import type { Colours } from './palette.ts';
import type { OfflineLanguage } from './texts/index.ts';
import type { OfflineTexts } from './texts/text.ts';

/** How a site's offline page looks and what it says. Everything may be left out. */
export interface OfflineLook {
  /** The site's name: stands over the page and in the tab's title. Default: none. */
  readonly title?: string;
  /**
   * The site's logo, shown in place of the title: an `<svg>` as text, or a `data:` URL of an image. It is shown as an image, so nothing in it
   * runs or loads; an SVG may ask for `prefers-color-scheme` in its own style. Default: none.
   */
  readonly logo?: string;
  /**
   * Languages that the page can speak. It takes the first of the reader's that is among them, else the first of these. English is always
   * among them. Each costs some 0.3 kB. Default `['en']`.
   */
  readonly languages?: readonly (OfflineLanguage | (string & {}))[];
  /**
   * Own words, by language: what is left out is said in the page's own. A language that the page does not know by itself needs all of them.
   * Default: none.
   */
  readonly texts?: Readonly<Record<string, Partial<OfflineTexts>>>;
  /** Own colours for a light and for a dark screen. Default: ink on paper, and the other way round. */
  readonly colours?: {
    /** For a light screen. Default: ink on paper. */
    readonly light?: Partial<Colours>;
    /** For a dark one. Default: paper on ink. */
    readonly dark?: Partial<Colours>;
  };
}
