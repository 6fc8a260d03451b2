import type { SiteConfig } from '../../site/config.ts';
import type { OfflineTexts } from './texts/text.ts';

/** The texts of one language, for those readers whose language a pattern is true of. */
export interface PageTexts extends OfflineTexts {
  readonly dir?: 'rtl';
}

/** One language of a page. */
export type PageLanguage = readonly [tag: string, pattern: string, texts: PageTexts];

/**
 * What the page's script is told: the JSON block in the page. Written by `render.ts`, and trusted by the script, since both come from the
 * same place. A page that each visitor of a site stores is short in everything.
 */
export interface PageBlock extends Pick<SiteConfig, 'hosts' | 'probeMs' | 'marker' | 'offlinePage'> {
  /** Comes after the heading in the tab's title. */
  readonly title: string;
  /** Upper end of the first wait between two tries, in milliseconds. It doubles with each try. */
  readonly baseMs: number;
  /** No wait reaches this, in milliseconds. */
  readonly capMs: number;
  /** Who was led away twice within this comes back to a page that stays, in milliseconds. */
  readonly guardMs: number;
  /** Set in transparent mode: the worker brings a backup's document to this address. */
  readonly stays?: true;
  /** Set where sessions move along. */
  readonly session?: Pick<SiteConfig, 'name' | 'handoff'>;
  /** The more precise ones first: `pt-BR` before `pt`. The default is the one that the page is written in. */
  readonly languages: readonly PageLanguage[];
}
