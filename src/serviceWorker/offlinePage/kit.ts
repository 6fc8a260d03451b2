/** What offline pages are put together from, beside a site's own options. `dist/offline-page.json` holds it, but for the function. */
export interface OfflineKit {
  /** The page's script. */
  readonly script: string;
  /** The same for a site whose sessions move along: larger. */
  readonly handoffScript: string;
  readonly style: string;
  /** SHA-256 of a text in UTF-8, in base64: the page names what may run in it. */
  sha256(text: string): string;
}
