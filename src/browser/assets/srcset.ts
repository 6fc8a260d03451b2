/** Comes before a URL; the URL; what describes it, up to the comma (HTML, "parse a srcset attribute"). */
const CANDIDATE = /([\s,]*)(\S*[^\s,])((?:\s[^,]*)?,?)/g;

/** A `srcset` with each of its URLs changed. */
export const changeUrls = (srcset: string, change: (url: string) => string): string =>
  srcset.replace(CANDIDATE, (_, before: string, url: string, after: string) => before + change(url) + after);
