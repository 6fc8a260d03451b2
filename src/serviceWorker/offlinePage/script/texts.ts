import type { PageBlock, PageTexts } from '../block.ts';

/** The first language of the reader's that the page can speak, else the page's first. */
export function chooseTexts(texts: PageBlock['texts'], wanted: readonly string[]): readonly [string, PageTexts] {
  const known = Object.entries(texts);
  const found = wanted.flatMap(namesOf).flatMap((name) => known.filter(([tag]) => tag === name));
  return (found[0] ?? known[0]) as readonly [string, PageTexts];
}

/** From the most precise to the least: what is written `zh-TW` is `zh-Hant`. */
function namesOf(wanted: string): readonly string[] {
  try {
    const { language, script, region } = new Intl.Locale(wanted).maximize();
    return [wanted, `${language}-${script}`, `${language}-${region}`, language];
  } catch {
    // Some systems say `C`.
    return [];
  }
}
