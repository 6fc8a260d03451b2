import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import type { PageTexts } from './block.ts';
import type { OfflineLook } from './look.ts';
import { en } from './texts/en.ts';
import { TEXTS } from './texts/index.ts';
import { type OfflineTexts, WITH_PLACE } from './texts/text.ts';

/** Languages that are read from right to left. */
const RTL: readonly string[] = ['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'];

const KEYS = Object.keys(en) as (keyof OfflineTexts)[];

/**
 * The texts of all languages that a page is to speak, the first one first, own words laid over them.
 *
 * @throws SwitchoverError `INVALID_OPTION` for a language without texts, a text that there is no place for, or one without its `{}`.
 */
export function readLanguages({
  languages = ['en'],
  texts = {},
}: Pick<OfflineLook, 'languages' | 'texts'>): PageBlockTexts {
  if (!Array.isArray(languages)) throw invalidOption('languages is no list', "Give a list such as ['en', 'de'].");
  const wanted = [...new Set([...languages, 'en', ...Object.keys(texts)])];
  return Object.fromEntries(wanted.map((language) => [tag(language), textsOf(language, texts[language] ?? {})]));
}

type PageBlockTexts = Readonly<Record<string, PageTexts>>;

function tag(language: unknown): string {
  if (typeof language === 'string' && /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(language)) return language;
  throw invalidOption(`languages can't hold ${JSON.stringify(language)}`, 'Use tags such as de or pt-BR (BCP 47).');
}

function textsOf(language: string, own: Partial<OfflineTexts>): PageTexts {
  refuseUnknown(own, KEYS, `texts.${language}.`);
  const known: Partial<OfflineTexts> = Object.entries(TEXTS).find(([name]) => name === language)?.[1] ?? {};
  const given = Object.entries(own).filter(([, text]) => text !== undefined);
  const all: Partial<Record<string, string>> = { ...known, ...Object.fromEntries(given) };
  const missing = KEYS.filter((key) => typeof all[key] !== 'string' || all[key] === '');
  if (missing.length > 0) {
    const remedy = `Give texts.${language}: ${missing.join(', ')}. Known by themselves: ${Object.keys(TEXTS).join(', ')}.`;
    throw invalidOption(`Language ${language} lacks texts`, remedy);
  }
  const placeless = WITH_PLACE.find((key) => all[key]?.split('{}').length !== 2);
  if (placeless !== undefined) {
    throw invalidOption(
      `texts.${language}.${placeless} has not exactly one {}`,
      'Write {} where the name or the time goes.',
    );
  }
  const [base = ''] = language.split('-');
  return { ...(all as unknown as OfflineTexts), ...(RTL.includes(base) ? { dir: 'rtl' } : {}) };
}
