import type { SiteConfig } from '../../site/config.ts';
import type { OfflineTexts } from './texts/text.ts';

/** The texts of one language, and which way it is read. */
export interface PageTexts extends OfflineTexts {
  readonly dir?: 'rtl';
}

/**
 * What the page's script is told: the JSON block in the page. Written by `render.ts`, and trusted by the script, since both come from the
 * same place.
 */
export interface PageBlock
  extends Pick<SiteConfig, 'hosts' | 'mode' | 'probeMs' | 'marker' | 'offlinePage' | 'handoff'> {
  /** Upper end of the first wait between two tries, in milliseconds. It doubles with each try. */
  readonly baseMs: number;
  /** No wait reaches this, in milliseconds. */
  readonly capMs: number;
  /** The same while the browser says that it is offline, in milliseconds: such tries cost no server anything. */
  readonly offlineCapMs: number;
  /** Who was led away twice within this comes back to a page that stays, in milliseconds. */
  readonly guardMs: number;
  /** By language. The first is what the page says without its script. */
  readonly texts: Readonly<Record<string, PageTexts>>;
}

/** The id of the element that holds it. */
export const BLOCK_ID = 'switchover';
